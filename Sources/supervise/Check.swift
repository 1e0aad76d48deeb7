import ArgumentParser
import SuperviseKit

/// The command `supervise check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads everything and shows what would run, without running it.",
    discussion: """
      Give it the options you give to 'supervise dev', or --prod and those of
      'supervise prod'.

      It ends with 0 when all of it could start, and with 78 at a mistake: in a file
      or an option, or a program that is not there. What a build is going to make is
      only remarked on: all below .build, and anything in the folder with --build
      or --no-build.
      """)

  @OptionGroup var what: WhatToRun
  @OptionGroup var building: HowToBuild
  @Flag(help: "As 'supervise prod' would.") var prod = false

  func validate() throws {
    guard !prod || building.isEmpty else {
      throw ValidationError("'supervise prod' builds and watches nothing.")
    }
  }

  func run() throws {
    var launch = Launch(prod ? .production : .development)
    what.apply(to: &launch)
    building.apply(to: &launch)
    let options = try accepting(launch.options)
    let programs = ProgramCheck(options)
    print(Overview(options))
    for remark in options.remarks { say(remark) }
    for remark in programs.remarks { say(remark) }
    try refuse(programs.mistakes)
  }
}
