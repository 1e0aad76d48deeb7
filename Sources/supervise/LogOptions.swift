import ArgumentParser
import SuperviseKit

/// What the log looks like, and where it goes.
struct LogOptions: ParsableArguments {
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Option(name: .customLong("log"), help: "The form of the log.")
  var form = Form.text
  @Flag(name: .customLong("no-time"), help: "Leave the time out of the lines.")
  var noTime = false
  @Option(help: "Colours; 'auto' heeds NO_COLOR.")
  var color = Launch.Colour.auto
  @Flag(help: "On a terminal: no single keys, and no line below the log.") var plain = false
  @Flag(help: "Let everything pass that a process writes to a terminal, cursor movement too.")
  var raw = false

  @Option(
    help: ArgumentHelp(
      "Keep the lines in files as well: one for each process, and all.log.", valueName: "folder"))
  var logDir: String?
  @Option(
    help: ArgumentHelp(
      "Put a log file aside at this size, or after this time: 100M, 1d, or both: 100M,1d.",
      valueName: "when"))
  var logRotate: String?
  @Option(
    help: ArgumentHelp(
      "How many files that were put aside are kept, 5 unless said.", valueName: "count"))
  var logKeep: Int?
  @Option(
    help: "When the log is read too slowly: processes wait, or lines are left out and counted.")
  var logOverflow = LogStorage.Overflow.wait

  func apply(to launch: inout Launch) {
    launch.form = form == .json ? .json : .text
    launch.time = !noTime
    launch.colour = color
    launch.raw = raw
    launch.plain = plain
    launch.logFolder = logDir
    launch.rotation = logRotate
    launch.keep = logKeep
    launch.overflow = logOverflow
  }
}

extension Launch.Colour: ExpressibleByArgument {}
extension LogStorage.Overflow: ExpressibleByArgument {}
