/// Commands that travel together: one buffer, one hand-over, one wait.
///
/// They run in order, but not as a transaction: other clients' commands may run in between.
package struct RedisBatch: Sendable {
  private(set) var writer: RESPWriter
  /// Where each command ends in the buffer.
  private(set) var ends: [Int] = []
  /// The commands that call a script, in order.
  private(set) var scripts: [ScriptCall] = []

  /// A command of the batch that calls a script.
  struct ScriptCall: Sendable {
    let index: Int
    let script: RedisScript
  }

  /// An empty batch with room for `capacity` bytes.
  package init(capacity: Int = 0) {
    writer = RESPWriter(capacity: capacity)
  }

  /// A batch of one.
  package init(_ command: RedisCommand) {
    self.init(capacity: 0)
    append(command)
  }

  /// How many commands it holds.
  package var count: Int { ends.count }

  /// Whether it holds none.
  package var isEmpty: Bool { ends.isEmpty }

  /// Appends a command.
  package mutating func append<each Argument: RedisArgument>(
    _ name: StaticString, _ arguments: repeat each Argument
  ) {
    writer.write(name, repeat each arguments)
    ends.append(writer.bytes.count)
  }

  /// Appends a command that was encoded before.
  package mutating func append(_ command: RedisCommand) {
    writer.append(encoded: command.bytes)
    ends.append(writer.bytes.count)
  }

  /// Appends a command whose arguments `body` writes, their number being known before.
  package mutating func append(
    arguments count: Int, _ body: (inout RESPWriter) -> Void
  ) {
    writer.begin(arguments: count)
    body(&writer)
    ends.append(writer.bytes.count)
  }

  /// Appends a call of a script.
  package mutating func append<each Argument: RedisArgument>(
    _ script: RedisScript, keys: [String], _ arguments: repeat each Argument
  ) {
    scripts.append(ScriptCall(index: count, script: script))
    append("EVALSHA", script.digest, keys.count, Each(keys), repeat each arguments)
  }

  /// Appends a call of a script that was encoded before, with the script's text instead of its digest.
  ///
  ///     *5 ⏎  $7 ⏎ EVALSHA ⏎  $40 ⏎ digest ⏎  …   ──►   *5 ⏎  $4 ⏎ EVAL ⏎  $n ⏎ text ⏎  …
  mutating func append(text: String, inPlaceOfDigestIn call: ArraySlice<UInt8>) {
    let head = call.prefix { $0 != UInt8(ascii: "$") }
    writer.append(encoded: head)
    writer.append("EVAL" as StaticString)
    writer.append(text)
    // The name takes 13 bytes, the digest 47.
    writer.append(encoded: call.dropFirst(head.count + 13 + 47))
    ends.append(writer.bytes.count)
  }

  /// Where the command stands in the buffer.
  func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// The bytes of one command.
  func bytes(of index: Int) -> ArraySlice<UInt8> {
    writer.bytes[range(of: index)]
  }
}
