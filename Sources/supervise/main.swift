import ArgumentParser
import Glibc
import SuperviseKit

// The words of the command line are read from there, as much else is.
guard !CommandLine.arguments.isEmpty else {
  say("/proc is not mounted, and nothing can be supervised without it")
  exit(71)
}

SuperviseCommand.main()
