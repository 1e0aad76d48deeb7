/// A value that lives on one I/O thread and is reached only there.
///
/// Others may hold the box and pass it on; opening it takes the thread's loop.
final class Confined<Value>: Sendable {
  // Sound, because `value` is written, read and given up by one thread:
  // - Written once: in the work that makes it, or by an initializer that is given the loop.
  // - Read only with the loop in hand. The thread hands it to what it calls; it is not Sendable, so the
  //   compiler lets it leave that call for no other thread, and the loop of another thread is refused.
  //   Work runs in the order of its hand-over, so whoever has the box reads after the making. A value
  //   that is not Sendable stays with the code that has read it.
  // - Given up there, too: wherever the last holder of the box lets go, the thread is told to, and the
  //   inbox' lock puts that after all the rest. Where the thread has ended, nobody is left to meet.
  private final class Content: @unchecked Sendable {
    var value: Value?
  }

  private let content = Content()
  private let inbox: IOInbox

  /// Has the value made on its thread, before any work that is handed over later.
  init(on thread: IOThread, _ make: @escaping @Sendable (IOLoop) -> Value) {
    inbox = thread.inbox
    thread.perform { [content] loop in content.value = make(loop) }
  }

  /// Keeps a value of the thread whose loop this is.
  init(_ value: Value, in loop: IOLoop) {
    inbox = loop.inbox
    content.value = value
  }

  deinit {
    inbox.put { [content] _ in content.value = nil }
  }

  /// The value, for code on its thread.
  func value(in loop: IOLoop) -> Value {
    precondition(loop.inbox === inbox, "a confined value was opened on another thread")
    guard let value = content.value else {
      preconditionFailure("a confined value was opened before it was made")
    }
    return value
  }
}
