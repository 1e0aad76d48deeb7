import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct SHA1Tests {
  @Test func `a digest is the one that everybody else computes`() {
    #expect(SHA1.hexadecimal(of: "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(SHA1.hexadecimal(of: "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }
}
