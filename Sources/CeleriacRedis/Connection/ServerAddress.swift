/// Where a socket connects: no name is left to resolve.
enum ServerAddress: Sendable, Equatable {
  case ip(String, port: Int)
  case unix(path: String)
}
