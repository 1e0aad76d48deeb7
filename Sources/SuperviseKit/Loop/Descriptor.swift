import CLinux
import Glibc

/// An open file descriptor, closed with its last owner.
package final class Descriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) {
    self.number = number
  }

  deinit {
    if number >= 0 { close(number) }
  }

  /// Opens what the caller has closed of input, output and error, so that no pipe takes its place.
  static func fillStandardOnes() {
    var number = open("/dev/null", O_RDWR)
    while 0...2 ~= number { number = open("/dev/null", O_RDWR) }
    if number > 2 { close(number) }
  }

  /// The two ends of a new pipe; ours does not block.
  static func pipe(ours: WritableKeyPath<Ends, Descriptor>? = \.reading) throws(SystemError) -> Ends
  {
    var numbers: [Int32] = [-1, -1]
    let error = cel_pipe(&numbers)
    guard error == 0 else { throw SystemError("pipe", -error) }
    let ends = Ends(reading: Descriptor(numbers[0]), writing: Descriptor(numbers[1]))
    if let ours { ends[keyPath: ours].stopBlocking() }
    return ends
  }

  struct Ends {
    var reading: Descriptor
    var writing: Descriptor
  }

  func stopBlocking() {
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
  }

  /// How many bytes a pipe holds.
  var readableCount: Int { max(0, Int(cel_pipe_count(number))) }

  /// Empties an eventfd or timerfd that does not block.
  func drainCounter() {
    var value: UInt64 = 0
    _ = read(number, &value, 8)
  }

  /// Wakes whoever waits for an eventfd.
  func addToCounter() {
    var one: UInt64 = 1
    _ = write(number, &one, 8)
  }

  /// Waits until somebody has added to an eventfd.
  func waitForCounter() {
    var value: UInt64 = 0
    while read(number, &value, 8) < 0, errno == EINTR {}
  }
}

/// A system call that failed.
package struct SystemError: Error, CustomStringConvertible {
  package var call: String
  package var number: Int32

  init(_ call: String, _ number: Int32 = errno) {
    self.call = call
    self.number = number
  }

  package var description: String { "\(call): \(errorText(number))" }
}
