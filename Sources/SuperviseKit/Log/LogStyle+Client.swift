// What a client shows of lines that it was sent.
extension LogStyle {
  /// For a client whose standard output is a terminal, with or without colours, or is none.
  package static func ofClient(isTerminal: Bool, colour: Bool, raw: Bool) -> LogStyle {
    var style = LogStyle()
    style.terminal = isTerminal
    style.colour = colour
    style.raw = raw
    return style
  }

  /// A whole line as the log shows it: colours where they are wanted, and no longer than the line.
  package func shown(_ line: String) -> String {
    let text = Array(line.utf8)
    return String(unsafeUninitializedCapacity: text.count + LogPrefix.reset.count) { memory in
      var batch = LogBatch(UnsafeMutableRawBufferPointer(memory))
      let isSet = text.withUnsafeBytes { LogText.append($0, style: self, into: &batch) }
      if isSet { batch.append(LogPrefix.reset) }
      return batch.count
    }
  }

  /// The name of a process, as the log shows it.
  package func shown(name: String) -> String {
    let (before, after) = paint(String(name.prefix { $0 != "." }))
    return before + name + after
  }
}
