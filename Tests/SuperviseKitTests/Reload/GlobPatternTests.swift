import TestSupport
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct GlobPatternTests {
  @Test(arguments: [
    ("*.py", "tasks.py"), ("src/**/*.py", "src/tasks.py"), ("src/**/*.py", "src/a/b/tasks.py"),
    ("**/*.py", "tasks.py"), ("src/**", "src/a"), ("src/**", "src/a/b"), ("**", "a/b/c"),
    ("a?c", "abc"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[^a]", "b"), ("[]]", "]"),
    ("[a-]", "-"), ("{a,b}.py", "b.py"), ("src/{a,b/c}/*.py", "src/b/c/x.py"),
    ("x{,y}", "x"), ("x{a{b,c},d}", "xac"), ("{a}", "{a}"), ("a{b", "a{b"), (#"\*"#, "*"),
    (#"\{a,b\}"#, "{a,b}"), ("[", "["), ("*a*b*", "xxaxxbxx"), ("**/a/**/b", "a/b"),
    ("**/a/**/b", "x/a/y/z/b"), ("ä*", "äö"), ("?", "ö"), ("a/**/**/b", "a/b"),
  ])
  func `a pattern means this path`(pattern: String, path: String) {
    #expect(GlobPattern(pattern).matches(path))
  }

  @Test(arguments: [
    ("*.py", "src/tasks.py"), ("src/**/*.py", "src/tasks.pyc"), ("src/**", "src"),
    ("src/**/*.py", "lib/src/a.py"), ("a?c", "ac"), ("a?c", "a/c"), ("[a-c]x", "dx"),
    ("[!a-c]x", "ax"), ("{a,b}.py", "c.py"), (#"\*"#, "a"), ("a*b", "axc"), ("**/a", "ab"),
    ("", "a"), ("a", ""), ("a**b", "a/b"),
  ])
  func `a pattern does not mean this path`(pattern: String, path: String) {
    #expect(!GlobPattern(pattern).matches(path))
  }

  @Test(arguments: [
    ("src/**/*.py", "src", true), ("src/**/*.py", "src/a/b", true), ("src/*.py", "src", true),
    ("src/*.py", "src/a", false), ("src/**/*.py", "lib", false), ("src/**/*.py", "", true),
    ("Package.swift", "Sources", false), ("{a/b,c}/*", "a/b", true), ("a", "a", false),
  ])
  func `directories that cannot hold a match are known`(
    pattern: String, directory: String, isPossible: Bool
  ) {
    #expect(GlobPattern(pattern).canMatch(inside: directory) == isPossible)
  }

  /// Against a matcher that simply tries every way.
  @Test(arguments: 0..<500 as Range<UInt64>)
  func `random patterns mean what a naive matcher says`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = ["a", "b", "*", "?", "/", "/**/", "[ab]", "[!a]", "**/"]
    let pattern = (0..<Int.random(in: 1...6, using: &random))
      .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      .split(separator: "/").joined(separator: "/")
    for _ in 0..<20 {
      let path = (0..<Int.random(in: 1...6, using: &random))
        .map { _ in ["a", "b", "/"].randomElement(using: &random) ?? "" }.joined()
        .split(separator: "/").joined(separator: "/")
      let expected = naive(pattern.split(separator: "/")[...], path.split(separator: "/")[...])

      #expect(GlobPattern(pattern).matches(path) == expected, "'\(pattern)' and '\(path)'")
    }
  }

  private func naive(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    let rest = pattern.dropFirst()
    if first == "**" {
      if rest.isEmpty { return !path.isEmpty }
      return (0...path.count).contains { naive(rest, path.dropFirst($0)) }
    }
    guard let name = path.first, naiveName(first, name) else { return false }
    return naive(rest, path.dropFirst())
  }

  private func naiveName(_ pattern: Substring, _ name: Substring) -> Bool {
    if pattern.isEmpty { return name.isEmpty }
    if pattern.hasPrefix("*") {
      return (0...name.count).contains { naiveName(pattern.dropFirst(), name.dropFirst($0)) }
    }
    guard let first = name.first else { return false }
    for (set, length, allows) in [("[ab]", 4, "ab"), ("[!a]", 4, "b"), ("?", 1, "ab")]
    where pattern.hasPrefix(set) {
      return allows.contains(first) && naiveName(pattern.dropFirst(length), name.dropFirst())
    }
    return pattern.first == first && naiveName(pattern.dropFirst(), name.dropFirst())
  }
}

@Suite(.timeLimit(.minutes(1)))
struct IgnoreRulesTests {
  @Test(arguments: [
    ("*.log", "a.log", true), ("*.log", "deep/down/a.log", true), ("/a.log", "deep/a.log", false),
    ("/a.log", "a.log", true), ("a/b", "a/b", true), ("a/b", "x/a/b", false),
    ("**/a/b", "x/a/b", true), ("a/**", "a/x/y", true), ("a/**", "a", false),
    ("*.log\n!keep.log", "keep.log", false), ("!keep.log\n*.log", "keep.log", true),
    ("# a comment\n\n", "# a comment", false), ("\\#x", "#x", true), (#"\!x"#, "!x", true),
    ("a ", "a", true), ("a\\ ", "a ", true), ("{a,b}", "a", false), ("{a,b}", "{a,b}", true),
    ("a.log\r\n*.tmp\r\n", "a.log", true), ("a.log\r\n*.tmp\r\n", "b.tmp", true),
    ("*", "anything", true), ("/*\n!/src", "src", false), ("foo[0-9]", "foo7", true),
  ])
  func `a file is ignored as git would ignore it`(rules: String, path: String, isIgnored: Bool) {
    #expect((IgnoreRules(rules).isIgnored(path, isDirectory: false) ?? false) == isIgnored)
  }

  @Test func `a slash at the end means directories only`() {
    let rules = IgnoreRules("build/")

    #expect(rules.isIgnored("build", isDirectory: true) == true)
    #expect(rules.isIgnored("deep/build", isDirectory: true) == true)
    #expect(rules.isIgnored("build", isDirectory: false) == nil)
  }

  @Test func `inner rules come before outer ones, and see paths from where they lie`() {
    let stack = IgnoreStack()
      .adding(IgnoreRules("*.log\n/top.txt"), of: "/app")
      .adding(IgnoreRules("!keep.log\n/a.txt"), of: "/app/src")

    #expect(stack.isIgnored("/app/keep.log", isDirectory: false))
    #expect(!stack.isIgnored("/app/src/keep.log", isDirectory: false))
    #expect(stack.isIgnored("/app/src/other.log", isDirectory: false))
    #expect(stack.isIgnored("/app/src/a.txt", isDirectory: false))
    #expect(!stack.isIgnored("/app/src/top.txt", isDirectory: false))
    #expect(!stack.isIgnored("/elsewhere/a.log", isDirectory: false))
  }
}
