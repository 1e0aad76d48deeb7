/// Where a Redis server is, who asks, and for which of its databases.
///
/// | form | |
/// |---|---|
/// | `redis://[user[:password]@]host[:port][/db]` | TCP; `localhost`, 6379 and 0 unless said |
/// | `unix:///path/to/socket?db=1` | a socket file |
/// | `redis+socket:///path/to/socket?virtual_host=1` | the same, as Celery writes it |
///
/// User and password are percent-decoded. No description shows the password.
public struct RedisURL: Sendable, Hashable {
  /// What a client connects to.
  public enum Endpoint: Sendable, Hashable {
    /// A host name or address, without brackets, and a port.
    case tcp(host: String, port: Int)
    /// A socket file.
    case unix(path: String)
  }

  /// What a client connects to.
  public var endpoint: Endpoint
  /// The database number.
  public var database: Int
  /// The user of an access control list; nil for the default user.
  public var user: String?
  /// Parameters that other clients understand and this one does not.
  public private(set) var ignoredParameters: [String] = []
  var password: RedisPassword?

  /// A URL from its parts.
  public init(
    _ endpoint: Endpoint = .tcp(host: "localhost", port: 6379), database: Int = 0,
    user: String? = nil, password: String? = nil
  ) {
    self.endpoint = endpoint
    self.database = database
    self.user = user
    self.password = password.map(RedisPassword.init)
  }

  /// Whether both name the same database of the same server, whoever asks.
  public func isSameDatabase(as other: RedisURL) -> Bool {
    endpoint == other.endpoint && database == other.database
  }

  mutating func ignore(parameter name: String) {
    ignoredParameters.append(name)
  }
}

/// A password that neither prints nor dumps.
struct RedisPassword: Sendable, Hashable {
  let text: String
}

extension RedisPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "**" }
  var debugDescription: String { "**" }
  var customMirror: Mirror { Mirror(self, children: []) }
}

extension RedisURL: CustomStringConvertible, CustomDebugStringConvertible {
  /// The URL with `**` for the password.
  public var description: String {
    switch endpoint {
    case .tcp(let host, let port):
      "redis://\(credentials)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
    case .unix(let path):
      "unix://\(credentials)\(path)?db=\(database)"
    }
  }

  /// The same as the description.
  public var debugDescription: String { description }

  private var credentials: String {
    switch (user, password) {
    case (nil, nil): ""
    case (let user?, nil): "\(user)@"
    case (let user, .some): "\(user ?? ""):**@"
    }
  }
}
