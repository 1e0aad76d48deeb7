import ArgumentParser

SuperviseCommand.main()
