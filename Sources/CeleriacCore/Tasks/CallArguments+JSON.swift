extension CallArguments {
  /// Takes arguments as somebody has typed them: the JSON texts of an array and an object.
  ///
  /// - Throws: ``ArgumentError`` when the texts are something else.
  package init(json args: String, _ kwargs: String) throws(ArgumentError) {
    self.init(
      args: try Self.text(args, of: "the arguments", opening: "[", expected: "an array"),
      kwargs: try Self.text(
        kwargs, of: "the keyword arguments", opening: "{", expected: "an object"))
  }

  private static func text(
    _ text: String, of subject: String, opening: Unicode.Scalar, expected: String
  ) throws(ArgumentError) -> [UInt8] {
    let bytes = Array(text.utf8)
    var scanner = JSONScanner(bytes)
    guard scanner.peek() == UInt8(ascii: opening) else {
      throw ArgumentError(.unreadable, name: nil, detail: "\(subject) are not \(expected) in JSON")
    }
    do {
      let value = try scanner.skipValue()
      try scanner.finish()
      return Array(bytes[value])
    } catch {
      throw ArgumentError(
        .unreadable, name: nil, detail: "\(subject) are not \(expected) in JSON: \(error)")
    }
  }
}

extension Signature {
  /// A call by name, with arguments that nobody has checked.
  package init(calling task: String, _ arguments: CallArguments, options: TaskOptions) {
    self.init(task: task, arguments: arguments, options: options)
  }
}
