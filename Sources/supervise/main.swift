import ArgumentParser
import Glibc
import SuperviseKit

SuperviseCommand.main()
