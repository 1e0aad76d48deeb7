/// A value that lives on one I/O thread and is reached only there.
///
/// Others may hold the box and pass it on; opening it takes the thread's loop.
// Sound, because the value is made, reached and left only by code that holds the thread's `IOLoop`:
// that class is not Sendable, is handed only to code that runs on its thread, and a foreign one is
// refused. Nothing of the value is touched by `deinit` of the box, which may run anywhere, but the
// last release; by then nobody can reach the value any more.
final class Confined<Value>: @unchecked Sendable {
  private var value: Value?
  private let inbox: IOInbox

  /// Has the value made on its thread, before any work that is handed over later.
  init(on thread: IOThread, _ make: @escaping @Sendable (IOLoop) -> Value) {
    inbox = thread.inbox
    thread.perform { [self] loop in value = make(loop) }
  }

  /// Keeps a value of the thread whose loop this is.
  init(_ value: Value, in loop: IOLoop) {
    inbox = loop.inbox
    self.value = value
  }

  /// The value, for code on its thread.
  func value(in loop: IOLoop) -> Value {
    precondition(loop.inbox === inbox, "a confined value was opened on another thread")
    guard let value else { preconditionFailure("a confined value was opened before it was made") }
    return value
  }
}
