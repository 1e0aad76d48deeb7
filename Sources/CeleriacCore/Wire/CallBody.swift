/// The body of a task message, protocol 2: `[args, kwargs, embed]`.
struct CallBody: Sendable {
  /// The body's JSON text.
  let bytes: [UInt8]
  /// The positional arguments' ranges.
  var positional: [Range<Int>] = []
  /// The keyword arguments, in the order sent; of two with one name the last counts.
  var keywords: [(name: String, value: Range<Int>)] = []
  /// What is to be sent after the task, raw: the four members of the third element.
  var embed = Embed()

  /// Links, chain and chord of a call, as JSON text to be sent on.
  struct Embed: Sendable {
    var callbacks: Range<Int>?
    var errbacks: Range<Int>?
    var chain: Range<Int>?
    var chord: Range<Int>?
  }

  init(_ bytes: [UInt8]) throws(WireError) {
    var scanner = JSONScanner(bytes)
    guard scanner.peek() == UInt8(ascii: "[") else {
      _ = try scanner.skipValue()
      throw WireError(.wrongType, "the body is no array of arguments, keywords and links")
    }
    var found = CallBody(unread: bytes)
    var element = 0
    try scanner.readArray { (scanner) throws(WireError) in
      switch element {
      case 0: try found.readPositional(&scanner)
      case 1: try found.readKeywords(&scanner)
      case 2: try found.readEmbed(&scanner)
      default: _ = try scanner.skipValue()
      }
      element += 1
    }
    try scanner.finish()
    guard element >= 3 else {
      throw WireError(.missingField, "the body has \(element) elements instead of 3")
    }
    self = found
  }

  init(protocol1 body: Protocol1Body) throws(WireError) {
    bytes = body.bytes
    if let args = body.args {
      var scanner = JSONScanner(bytes, in: args)
      try readPositional(&scanner)
    }
    if let kwargs = body.kwargs {
      var scanner = JSONScanner(bytes, in: kwargs)
      try readKeywords(&scanner)
    }
    embed = body.embed
  }

  private init(unread bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func readPositional(_ scanner: inout JSONScanner) throws(WireError) {
    guard scanner.peek() == UInt8(ascii: "[") else {
      throw WireError(.wrongType, "the arguments are no array")
    }
    var ranges: [Range<Int>] = []
    try scanner.readArray { (scanner) throws(WireError) in
      ranges.append(try scanner.skipValue())
    }
    positional = ranges
  }

  private mutating func readKeywords(_ scanner: inout JSONScanner) throws(WireError) {
    guard scanner.peek() == UInt8(ascii: "{") else {
      throw WireError(.wrongType, "the keyword arguments are no object")
    }
    var members: [(String, Range<Int>)] = []
    try scanner.readObject { (key, scanner) throws(WireError) in
      members.append((JSONText.unescaped(scanner.bytes, key), try scanner.skipValue()))
    }
    keywords = members
  }

  private mutating func readEmbed(_ scanner: inout JSONScanner) throws(WireError) {
    guard scanner.peek() == UInt8(ascii: "{") else {
      let range = try scanner.skipValue()
      guard JSONText.isNull(bytes, range) else {
        throw WireError(.wrongType, "the links are no object")
      }
      return
    }
    var found = Embed()
    try scanner.readObject { (key, scanner) throws(WireError) in
      let value = try scanner.skipValue()
      guard !JSONText.isNull(scanner.bytes, value) else { return }
      switch JSONKey(scanner.bytes, key) {
      case "callbacks": found.callbacks = value
      case "errbacks": found.errbacks = value
      case "chain": found.chain = value
      case "chord": found.chord = value
      default: break
      }
    }
    embed = found
  }
}
