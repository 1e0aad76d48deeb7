/// What can stand in a command: text, bytes, a number, or several of them.
package protocol RedisArgument {
  /// How many arguments of the command this is.
  var argumentCount: Int { get }

  /// Writes them.
  func write(to writer: inout RESPWriter)
}

/// What is one argument.
package protocol RedisValue: RedisArgument {}

extension RedisValue {
  package var argumentCount: Int { 1 }
}

extension String: RedisValue {
  package func write(to writer: inout RESPWriter) { writer.append(self) }
}

extension Int: RedisValue {
  package func write(to writer: inout RESPWriter) { writer.append(self) }
}

extension [UInt8]: RedisArgument, RedisValue {
  package func write(to writer: inout RESPWriter) { writer.append(self) }
}

extension ArraySlice<UInt8>: RedisArgument, RedisValue {
  package func write(to writer: inout RESPWriter) { withUnsafeBytes { writer.append($0) } }
}

/// Every element as an argument of its own: `DEL` of many keys, for one.
package struct Each<Element: RedisValue>: RedisArgument {
  private let elements: [Element]

  /// The elements, in order.
  package init(_ elements: [Element]) { self.elements = elements }

  package var argumentCount: Int { elements.count }

  package func write(to writer: inout RESPWriter) {
    for element in elements { element.write(to: &writer) }
  }
}

/// One command, encoded.
package struct RedisCommand: Sendable {
  /// The command in Redis' protocol.
  package let bytes: [UInt8]

  /// Encodes a command.
  package init<each Argument: RedisArgument>(
    _ name: StaticString, _ arguments: repeat each Argument
  ) {
    var writer = RESPWriter(capacity: 64)
    writer.write(name, repeat each arguments)
    bytes = writer.bytes
  }
}

extension RESPWriter {
  /// Writes a whole command.
  package mutating func write<each Argument: RedisArgument>(
    _ name: StaticString, _ arguments: repeat each Argument
  ) {
    var count = 1
    for argument in repeat each arguments { count += argument.argumentCount }
    begin(arguments: count)
    append(name)
    for argument in repeat each arguments { argument.write(to: &self) }
  }
}
