import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ProvenImagesTests {
  let scratch: Scratch
  let bytes: [UInt8]
  var images = ProvenImages()

  init() throws {
    scratch = try Scratch()
    bytes = try executableBytes()
    try scratch.write("demo", bytes, mode: 0o755)
  }

  @Test mutating func `a rebuild with the same bytes keeps the image it had`() throws {
    let first = try #require(images.prove(path: scratch["demo"]).changed)
    try scratch.relink("demo", bytes)

    let second = try #require(images.prove(path: scratch["demo"]).unchanged)
    let third = try #require(images.prove(path: scratch["demo"]).unchanged)

    #expect(first === second)
    #expect(first === third)
  }

  @Test mutating func `other bytes are another image`() throws {
    let first = try #require(images.prove(path: scratch["demo"]).changed)
    try scratch.relink("demo", bytes + [0])

    let second = try #require(images.prove(path: scratch["demo"]).changed)

    #expect(first.file != second.file)
    #expect(images[scratch["demo"]] === second)
  }

  @Test mutating func `bytes written over the running file are another image`() throws {
    _ = images.prove(path: scratch["demo"])
    try scratch.write("demo", bytes + [0])

    let second = images.prove(path: scratch["demo"])

    #expect(second.changed != nil)
  }

  @Test mutating func `what cannot be proven leaves the last good image`() throws {
    let first = try #require(images.prove(path: scratch["demo"]).changed)
    try scratch.remove("demo")
    guard case .rejected(.missing) = images.prove(path: scratch["demo"]) else {
      Issue.record("a missing file was not rejected")
      return
    }
    try scratch.write("demo", Array(bytes[..<1000]), mode: 0o755)
    guard case .rejected(.unfinished) = images.prove(path: scratch["demo"]) else {
      Issue.record("half a file was not rejected")
      return
    }

    #expect(images[scratch["demo"]] === first)
    #expect(first.isIntact)
  }

  @Test mutating func `a script is what is started until an executable lies there again`() throws {
    let path = scratch["demo"]
    let first = try #require(images.prove(path: path).changed)
    try scratch.remove("demo")
    try scratch.write("demo", "#!/bin/sh\n", mode: 0o755)
    _ = images.prove(path: path)

    let script = try #require(images.script(at: path))
    #expect(script == FileIdentity(path: path))
    #expect(images[path] === first, "there is a way back")
    images.forgetImage(before: script, at: path)
    #expect(images[path] == nil)

    try scratch.relink("demo", bytes)
    #expect(images.prove(path: path).changed != nil)
    #expect(images.script(at: path) == nil)
  }

  @Test mutating func `a script that was given up is not new a second time`() throws {
    let path = scratch["demo"]
    let first = try #require(images.prove(path: path).changed)
    try scratch.remove("demo")
    try scratch.write("demo", "#!/bin/sh\n", mode: 0o755)
    _ = images.prove(path: path)

    images.revert(to: first)

    #expect(images.prove(path: path).unchanged === first)
    #expect(images.script(at: path) == nil)
  }

  @Test mutating func `a build that was given up is not new a second time`() throws {
    let first = try #require(images.prove(path: scratch["demo"]).changed)
    try scratch.relink("demo", bytes + [0])
    _ = images.prove(path: scratch["demo"])

    images.revert(to: first)

    let same = images.prove(path: scratch["demo"])
    try scratch.relink("demo", bytes + [0, 0])
    let next = images.prove(path: scratch["demo"])

    #expect(same.unchanged === first)
    #expect(next.changed != nil)
  }
}

extension ProvenImages.Outcome {
  var changed: ExecutableImage? { if case .changed(let image) = self { image } else { nil } }
  var unchanged: ExecutableImage? { if case .unchanged(let image) = self { image } else { nil } }
}

@Suite(.timeLimit(.minutes(1)))
struct PendingProofsTests {
  @Test func `a busy file is tried every 20 ms for five seconds`() {
    var pending = PendingProofs()
    var now = ContinuousClock.Instant.zero
    var tries = 0
    pending.add(["demo"], at: now)
    #expect(pending.due(at: now) == ["demo"])

    while pending.stillBusy("demo", at: now) {
      tries += 1
      #expect(pending.due(at: now) == [])
      #expect(pending.nextDeadline == now + .milliseconds(20))
      now += .milliseconds(20)
    }

    #expect(tries == 250)
    #expect(pending.nextDeadline == nil)
  }

  @Test func `a file that changes again is tried afresh, a settled one no more`() {
    var pending = PendingProofs()
    pending.add(["demo"], at: .zero)
    _ = pending.stillBusy("demo", at: .zero)
    pending.add(["demo"], at: .zero + .seconds(4))

    let isBusy = pending.stillBusy("demo", at: .zero + .seconds(8))
    #expect(isBusy)
    pending.settle("demo")
    #expect(pending.due(at: .zero + .seconds(9)) == [])
  }
}
