import CLinux
import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
  @Test func `a crowd with much to say holds up nobody, and is heard one after the other`() throws {
    let loop = try EventLoop(signals: [])
    // Nobody empties these, so all of them can be read all the time.
    let crowd = (0..<40).map { _ in Descriptor(eventfd(1, Int32(EFD_CLOEXEC | EFD_NONBLOCK))) }
    let other = Descriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    var heard: [Int] = []
    for (number, member) in crowd.enumerated() {
      loop.watchPatiently(member.number) {
        heard.append(number)
        if heard.count == 1 { other.addToCounter() }
        if heard.count == 80 { loop.stop() }
      }
    }
    var heardBefore = 0
    loop.watch(other.number) {
      other.drainCounter()
      heardBefore = heard.count
    }

    loop.run()

    #expect(1...8 ~= heardBefore)
    #expect(Set(heard.prefix(40)).count == 40)
    #expect(Set(heard.suffix(40)).count == 40)
  }

  @Test func `what is not watched any more is not heard`() throws {
    let loop = try EventLoop(signals: [])
    let first = Descriptor(eventfd(1, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    let second = Descriptor(eventfd(1, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    var heard = 0
    for (one, another) in [(first, second), (second, first)] {
      loop.watchPatiently(one.number) {
        heard += 1
        loop.unwatch(another.number)
        loop.unwatch(one.number)
        loop.stop()
      }
    }

    loop.run()

    #expect(heard == 1)
  }
}
