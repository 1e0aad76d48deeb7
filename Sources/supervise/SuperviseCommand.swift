import ArgumentParser
import SuperviseKit

/// `supervise` and its subcommands.
struct SuperviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supervise",
    abstract: "Runs the processes of a Procfile, and reloads them when their build has changed.",
    discussion: """
      A Procfile names what an application consists of, one process a line:

          redis: redis-server --port 6379
          #: after=redis
          worker: .build/debug/demo worker
          beat: .build/debug/demo beat

      'supervise dev' builds it, runs all of it in this terminal, and builds again
      whenever a source is saved; when the build is good, it replaces the
      processes that are made from it. 'supervise prod' runs it and keeps it
      running. In a folder there is one of them at a time.

      From another terminal, 'supervise ps', 'logs', 'restart worker', 'scale
      worker=6' and the others below talk to the one that runs.

      EXIT CODES
        0         all ended as asked, also by Ctrl-C
        1         a command was refused, or a process did not become ready
        3         something had to be killed
        64        the command line makes no sense, or no process is called that
        69        dev, prod: another one runs in this folder; commands: none does
        70        a process was given up on, with --exit-on-failed or as the last
        71        the system refused what supervise itself needs
        77        the one that runs belongs to another user
        78        a mistake in a file or an option, or a program that is missing
        124       what was waited for had not come about in time
        126, 127  'run': the command cannot be executed, or was not found
        other     that of the process with restart=exit or --exit-on NAME
      """,
    version: "supervise \(Version.text)",
    subcommands: [Dev.self, Prod.self, Check.self, Run.self, ExportCommand.self, Help.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Looking at what runs",
        subcommands: [
          Ps.self, Logs.self, Events.self, Metrics.self, Wait.self, Attach.self,
        ]),
      CommandGroup(
        name: "Changing what runs",
        subcommands: [
          Start.self, Stop.self, Restart.self, Reload.self, Scale.self, SendSignal.self, Quit.self,
        ]),
      CommandGroup(name: "Set-up", subcommands: [Completions.self]),
    ])
}

/// The command `supervise dev`.
struct Dev: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds, runs, and reloads what a new build has changed.",
    discussion: """
      Where there is a Package.swift, 'swift build' runs first and then after every
      change of its sources. As long as a build fails, what runs goes on running.

          supervise dev                            all processes of the Procfile
          supervise dev -c worker=4 worker redis   four workers and redis, no others
          supervise dev --no-build                 an IDE builds
          supervise dev --build make --watch 'src/**'

      A program that is not compiled is replaced when a file changes; folders and
      single files will do as well:

          supervise dev --watch 'src/**/*.py'

      When the Procfile or a .env file is saved, what has changed in it is replaced,
      started or stopped.

      Without -f it reads Procfile.dev if there is one, or else Procfile. A '#:' line
      above a process says how it is treated:

          #: after=redis ready=fd ready-timeout=90s stop=TERM:30s
          worker: .build/debug/demo worker

      restart=always|on-failure|never|exit    after=NAME,…    success=CODE,…
      ready=fd|tcp:PORT|'exec:CMD'|'log:REGEX'|alive:TIME|none
      ready-timeout=60s                       watchdog=TIME
      reload=restart|drain|signal:HUP|none    stop=SIGNAL:group:TIME
      watch=GLOB,…                            singleton=true

      Ctrl-C stops everything, in order; a second one does not wait, a third one
      kills. The exit codes are listed by 'supervise --help'.
      """)

  @OptionGroup var what: WhatToRun
  @OptionGroup var building: HowToBuild
  @OptionGroup var look: LogOptions

  func run() throws {
    var launch = Launch(.development)
    what.apply(to: &launch)
    look.apply(to: &launch)
    building.apply(to: &launch)
    try launch.supervise()
  }
}

/// The command `supervise prod`.
struct Prod: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and keeps running; nothing is watched.",
    discussion: """
      A process that ends is started again, always: at once, and then after a pause
      that grows up to 30 s. A program that is not there at the start is a mistake, and
      nothing is started at all. With --log json each line is an object, for programs
      that collect logs.
      """)

  @OptionGroup var what: WhatToRun
  @OptionGroup var look: LogOptions

  func run() throws {
    var launch = Launch(.production)
    what.apply(to: &launch)
    look.apply(to: &launch)
    try launch.supervise()
  }
}
