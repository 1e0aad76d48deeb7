/// A Lua script that Redis runs as one step.
package struct RedisScript: Sendable {
  /// What errors and logs call it.
  package let name: StaticString
  /// The Lua text.
  package let source: String
  /// The SHA-1 of the text in hexadecimal, by which Redis knows it.
  package let digest: String

  /// A script; its digest is computed here, so keep it in a `static let`.
  package init(_ name: StaticString, _ source: String) {
    self.name = name
    self.source = source
    self.digest = SHA1.hexadecimal(of: source)
  }
}
