import ArgumentParser
import SuperviseKit

/// The command `supervise check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads everything and shows what would run, without running it.")

  @OptionGroup var what: WhatToRun
  @Flag(help: "As 'supervise prod' would.") var prod = false

  func run() throws {
    var launch = Launch(prod ? .production : .development)
    what.apply(to: &launch)
    print(Overview(try accepting(launch.options)))
  }
}
