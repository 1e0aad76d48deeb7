import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RedisURLTests {
  struct Good: Sendable, CustomTestStringConvertible {
    let text: String
    let url: RedisURL
    var testDescription: String { text }

    init(_ text: String, _ url: RedisURL) {
      self.text = text
      self.url = url
    }
  }

  static let good: [Good] = [
    Good("redis://", RedisURL()),
    Good("redis://localhost", RedisURL()),
    Good("redis:///3", RedisURL(database: 3)),
    Good("REDIS://Host.Example:6380/", RedisURL(.tcp(host: "host.example", port: 6380))),
    Good("redis://10.0.0.1/7", RedisURL(.tcp(host: "10.0.0.1", port: 6379), database: 7)),
    Good("redis://[::1]:7000/1", RedisURL(.tcp(host: "::1", port: 7000), database: 1)),
    Good("redis://[fe80::1]", RedisURL(.tcp(host: "fe80::1", port: 6379))),
    Good("redis://h?db=4", RedisURL(.tcp(host: "h", port: 6379), database: 4)),
    Good("redis://:secret@h", RedisURL(.tcp(host: "h", port: 6379), password: "secret")),
    Good(
      "redis://ann:p%40ss%3A%2F%C3%BC@h/2",
      RedisURL(.tcp(host: "h", port: 6379), database: 2, user: "ann", password: "p@ss:/ü")),
    Good("redis://ann@h", RedisURL(.tcp(host: "h", port: 6379), user: "ann")),
    Good("redis://:a@b@h", RedisURL(.tcp(host: "h", port: 6379), password: "a@b")),
    Good("unix:///run/redis.sock?db=1", RedisURL(.unix(path: "/run/redis.sock"), database: 1)),
    Good("unix:///run/a%20b", RedisURL(.unix(path: "/run/a b"))),
    Good("redis+socket:///tmp/s?virtual_host=3", RedisURL(.unix(path: "/tmp/s"), database: 3)),
    Good("redis+socket://:pw@/tmp/s", RedisURL(.unix(path: "/tmp/s"), password: "pw")),
    Good(
      "unix:///tmp/s?username=bo&password=pw&db=2",
      RedisURL(.unix(path: "/tmp/s"), database: 2, user: "bo", password: "pw")),
  ]

  @Test(arguments: good) func `a url names a server`(_ example: Good) throws {
    let url = try RedisURL(example.text)

    #expect(url == example.url)
    #expect(url.password?.text == example.url.password?.text)
  }

  @Test(arguments: [
    ("localhost:6379", "there is no scheme"),
    ("http://localhost", "the scheme 'http' is not redis, unix or redis+socket"),
    ("redis://h:0", "the port is not a number"),
    ("redis://h:65536", "the port is not a number"),
    ("redis://h:port", "the port is not a number"),
    ("redis://::1:6379", "the port is not a number"),
    ("redis://[::1", "the bracket around the IPv6 address is not closed"),
    ("redis://h/first", "the database 'first' is not a number"),
    ("redis://h/-1", "the database '-1' is not a number"),
    ("redis://h?db=", "the database '' is not a number"),
    ("redis://:p%4@h", "the password has a % without two hexadecimal digits"),
    ("redis://:%FF@h", "the password is not UTF-8"),
    ("unix://", "the path of the socket is missing"),
    ("unix://relative/path", "a socket needs an absolute path"),
  ])
  func `a wrong url is told what is wrong and what is right`(
    _ text: String, _ problem: String
  ) throws {
    let error = try #require(throws: RedisError.self) { try RedisURL(text) }

    #expect(error.code == .invalidURL)
    #expect(error.detail.hasPrefix(problem), "\(error)")
    #expect(error.detail.contains("redis://user:password@localhost:6379/0"))
  }

  @Test func `tls is recognised and refused with the reason`() throws {
    let error = try #require(throws: RedisError.self) { try RedisURL("rediss://:pw@h:6380/0") }

    #expect(error.code == .noTLS)
    #expect(error.description.contains("hiredis 0.14 has no TLS"))
  }

  @Test(arguments: [
    "redis://:hunter2@h", "redis://ann:hunter2@h:1/2", "unix://:hunter2@/tmp/s",
    "unix:///tmp/s?password=hunter2",
  ])
  func `no description shows the password`(_ text: String) throws {
    let url = try RedisURL(text)
    var dumped = ""

    dump(url, to: &dumped)

    #expect(!dumped.contains("hunter2"))
    #expect(!"\(url)".contains("hunter2"))
    #expect(!String(reflecting: url).contains("hunter2"))
    #expect(!String(describing: Optional(url)).contains("hunter2"))
    #expect("\(url)".contains(":**@"))
  }

  @Test func `a wrong url does not show the password either`() throws {
    let error = try #require(throws: RedisError.self) { try RedisURL("redis://:hunter2@h:x") }

    #expect(!"\(error)".contains("hunter2"))
  }

  @Test func `a description can be read back`() throws {
    for example in Self.good where example.url.password == nil {
      #expect(try RedisURL(example.url.description) == example.url)
    }
  }

  @Test func `two urls of one database are recognised, whoever asks`() throws {
    let broker = try RedisURL("redis://:a@h/1")

    #expect(broker.isSameDatabase(as: try RedisURL("redis://ann:b@H:6379?db=1")))
    #expect(!broker.isSameDatabase(as: try RedisURL("redis://:a@h/2")))
    #expect(!broker.isSameDatabase(as: try RedisURL("redis://:a@g/1")))
  }

  @Test func `parameters for other clients are kept aside`() throws {
    let url = try RedisURL("redis://h/1?socket_timeout=5&db=2")

    #expect(url.database == 2)
    #expect(url.ignoredParameters == ["socket_timeout"])
  }
}
