import CeleriacCore
import Logging

/// Writes each entry as one line, in one go.
struct LineLogHandler: LogHandler {
  let label: String
  let format: LogFormat
  let output: LogOutput
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(label: String, format: LogFormat, level: Logger.Level, output: LogOutput) {
    self.label = label
    self.format = format
    self.output = output
    logLevel = level
  }

  func log(event: LogEvent) {
    var fields = metadata
    if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
    if let own = event.metadata { fields.merge(own) { $1 } }
    if let error = event.error { fields["reason"] = "\(error)" }
    let lost = output.takeLost()
    if lost > 0 {
      write(.warning, "log lines were lost: nobody read them", ["count": "\(lost)"])
    }
    write(event.level, event.message.description, fields)
  }

  private func write(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) {
    let entry = LogEntry(
      time: SystemWallClock().now(), level: level, label: label, message: message,
      metadata: fields)
    switch format {
    case .text:
      let layout = TextLayout(showsTime: output.showsTime, hasColours: output.hasColours)
      output.write(layout.line(entry))
    case .json:
      output.write(JSONLayout.line(entry))
    }
  }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
}
