extension RedisURL {
  private static let example =
    "redis://user:password@localhost:6379/0 or unix:///run/redis/redis.sock?db=0"

  /// Reads a URL.
  ///
  /// - Throws: ``RedisError`` with code `invalidURL` or `noTLS`; its text holds no password.
  public init(_ text: String) throws(RedisError) {
    let (scheme, rest) = try Self.split(text)
    self.init()
    switch scheme {
    case "redis":
      try readServer(rest)
    case "unix", "redis+socket", "redis+unix":
      try readSocket(rest)
    case "rediss", "redis+ssl", "redis+tls":
      throw RedisError(
        .noTLS, "\(scheme)://",
        "hiredis 0.14 has no TLS; use redis:// through a tunnel, or in a network you trust")
    default:
      throw Self.invalid("the scheme '\(scheme)' is not redis, unix or redis+socket")
    }
  }

  private static func invalid(_ detail: String) -> RedisError {
    RedisError(.invalidURL, "redis url", "\(detail); a right one is \(example)")
  }

  private static func split(_ text: String) throws(RedisError) -> (String, Substring) {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw invalid("there is no scheme")
    }
    return (text[..<colon].lowercased(), text[colon...].dropFirst(3))
  }

  private mutating func readServer(_ rest: Substring) throws(RedisError) {
    let (beforeQuery, query) = Self.cut(rest, at: "?")
    let (authority, path) = Self.cut(beforeQuery, at: "/")
    let address = try readCredentials(authority)
    endpoint = try Self.address(address)
    if let path, !path.isEmpty { database = try Self.database(path) }
    try readParameters(query)
  }

  private mutating func readSocket(_ rest: Substring) throws(RedisError) {
    let (beforeQuery, query) = Self.cut(rest, at: "?")
    let slash = beforeQuery.firstIndex(of: "/") ?? beforeQuery.endIndex
    guard try readCredentials(beforeQuery[..<slash]).isEmpty else {
      throw Self.invalid("a socket needs an absolute path after unix://")
    }
    let path = try Self.decode(beforeQuery[slash...], "path")
    guard !path.isEmpty else { throw Self.invalid("the path of the socket is missing") }
    // The kernel's limit, its final zero included.
    guard path.utf8.count < 108 else {
      throw Self.invalid("the path of the socket is longer than 107 bytes")
    }
    endpoint = .unix(path: path)
    try readParameters(query)
  }

  /// Reads what stands before the last `@` and returns what stands after it.
  private mutating func readCredentials(_ authority: Substring) throws(RedisError) -> Substring {
    guard let at = authority.lastIndex(of: "@") else { return authority }
    let (user, password) = Self.cut(authority[..<at], at: ":")
    self.user = user.isEmpty ? nil : try Self.decode(user, "user")
    if let password, !password.isEmpty {
      self.password = RedisPassword(text: try Self.decode(password, "password"))
    }
    return authority[authority.index(after: at)...]
  }

  private mutating func readParameters(_ query: Substring?) throws(RedisError) {
    for parameter in query?.split(separator: "&") ?? [] {
      let (name, value) = Self.cut(parameter, at: "=")
      switch name {
      case "db", "virtual_host": database = try Self.database(value ?? "")
      case "username": user = try Self.decode(value ?? "", "user")
      case "password":
        password = RedisPassword(text: try Self.decode(value ?? "", "password"))
      default: ignore(parameter: String(name))
      }
    }
  }

  private static func address(_ text: Substring) throws(RedisError) -> Endpoint {
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let bracket = text.firstIndex(of: "]") else {
        throw invalid("the bracket around the IPv6 address is not closed")
      }
      host = text[..<bracket].dropFirst()
      rest = text[text.index(after: bracket)...]
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    guard !rest.isEmpty else { return .tcp(host: name(of: host), port: 6379) }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else {
      throw invalid("the port is not a number from 1 to 65535 (an IPv6 address needs brackets)")
    }
    return .tcp(host: name(of: host), port: Int(port))
  }

  private static func name(of host: Substring) -> String {
    host.isEmpty ? "localhost" : host.lowercased()
  }

  private static func database(_ text: Substring) throws(RedisError) -> Int {
    guard let number = UInt16(text) else {
      throw invalid("the database '\(text)' is not a number")
    }
    return Int(number)
  }

  private static func decode(_ text: Substring, _ part: String) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      guard digits.count == 2 else {
        throw invalid("the \(part) has a % without two hexadecimal digits (% itself is %25)")
      }
      bytes.append(UInt8(digits[0] * 16 + digits[1]))
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw invalid("the \(part) is not UTF-8")
    }
    return decoded
  }

  private static func cut(
    _ text: Substring, at separator: Character
  ) -> (Substring, Substring?) {
    guard let index = text.firstIndex(of: separator) else { return (text, nil) }
    return (text[..<index], text[text.index(after: index)...])
  }
}
