/// Who listens to which channel, and what the server has confirmed.
///
/// Pure. A channel is subscribed to for its first receiver and left with its last. Confirmations are
/// counted, because one that was asked for before the channel was left says nothing of the time
/// after it was joined again.
struct SubscriptionTable<Receiver> {
  /// What a receiver is told when its channel is confirmed.
  enum Beginning: Equatable {
    case first
    case afterGap
  }

  /// What the server is to be asked.
  enum Demand: Equatable {
    case subscribe
    case unsubscribe
    /// Nothing; the receiver hears everything already.
    case listensAlready
    /// Nothing; a confirmation is under way, or others still listen.
    case nothing
  }

  private struct Entry {
    let id: Int
    let receiver: Receiver
    var hasListened = false
  }

  private struct Channel {
    var entries: [Entry] = []
    var unconfirmed = 0
    var isListening = false
  }

  private var channels: [String: Channel] = [:]

  /// The channels that somebody listens to.
  var names: [String] { channels.filter { !$0.value.entries.isEmpty }.map(\.key) }

  /// One of the channels that the server has confirmed.
  var someListening: String? { channels.first { $0.value.isListening }?.key }

  /// Adds a receiver.
  mutating func add(_ receiver: Receiver, id: Int, to name: String) -> Demand {
    var channel = channels[name] ?? Channel()
    defer { channels[name] = channel }
    let isFirst = channel.entries.isEmpty
    channel.entries.append(Entry(id: id, receiver: receiver, hasListened: channel.isListening))
    if channel.isListening { return .listensAlready }
    return isFirst ? .subscribe : .nothing
  }

  /// Removes a receiver.
  mutating func remove(id: Int, from name: String) -> Demand {
    guard var channel = channels[name] else { return .nothing }
    let count = channel.entries.count
    channel.entries.removeAll { $0.id == id }
    guard channel.entries.isEmpty, count > 0 else {
      channels[name] = channel
      return .nothing
    }
    channel.isListening = false
    channels[name] = channel.unconfirmed > 0 ? channel : nil
    return .unsubscribe
  }

  /// The channel was named in a command to the server.
  mutating func asked(for name: String) {
    channels[name]?.unconfirmed += 1
  }

  /// The server confirmed a channel; returns who begins to listen.
  mutating func confirmed(_ name: String) -> [(receiver: Receiver, beginning: Beginning)] {
    guard var channel = channels[name] else { return [] }
    channel.unconfirmed = max(channel.unconfirmed - 1, 0)
    defer { channels[name] = channel.entries.isEmpty && channel.unconfirmed == 0 ? nil : channel }
    guard channel.unconfirmed == 0, !channel.isListening, !channel.entries.isEmpty else {
      return []
    }
    channel.isListening = true
    let told = channel.entries.map { ($0.receiver, $0.hasListened ? Beginning.afterGap : .first) }
    for index in channel.entries.indices { channel.entries[index].hasListened = true }
    return told
  }

  /// The server refused a channel; returns who will hear nothing.
  mutating func refused(_ name: String) -> [Receiver] {
    channels.removeValue(forKey: name)?.entries.map(\.receiver) ?? []
  }

  /// The connection broke: nothing is confirmed any more.
  mutating func interrupt() {
    for (name, channel) in channels {
      var channel = channel
      channel.unconfirmed = 0
      channel.isListening = false
      channels[name] = channel.entries.isEmpty ? nil : channel
    }
  }

  /// Who is to get a message of a channel.
  func receivers(of name: String) -> [Receiver] {
    channels[name]?.entries.map(\.receiver) ?? []
  }

  /// Forgets everybody and returns them.
  mutating func removeAll() -> [Receiver] {
    defer { channels = [:] }
    return channels.values.flatMap { $0.entries.map(\.receiver) }
  }
}
