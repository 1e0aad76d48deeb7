SuperviseCommand.main()
