/// Whose output comes out of a pipe.
final class LogSource {
  /// What it is known by, whatever it is called.
  let id: String
  /// Changes when a kind grows or shrinks to one.
  var name: String
  let kind: String
  let pid: Int32
  let channel: LogMerger.Channel

  init(id: String, name: String, kind: String, pid: Int32, _ channel: LogMerger.Channel) {
    self.id = id
    self.name = name
    self.kind = kind
    self.pid = pid
    self.channel = channel
  }

  var stream: LogHistory.Stream { .init(pid: pid, channel: channel) }
}
