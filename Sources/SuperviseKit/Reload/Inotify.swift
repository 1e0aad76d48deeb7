import CLinux
import Glibc

/// The kernel's queue of changes in directories.
final class Inotify {
  /// What to be told of; the kernel's bits.
  struct Mask: OptionSet {
    let rawValue: UInt32

    static let created = Mask(rawValue: UInt32(IN_CREATE))
    static let written = Mask(rawValue: UInt32(IN_CLOSE_WRITE))
    /// The rights of a file, among other things.
    static let attributes = Mask(rawValue: UInt32(IN_ATTRIB))
    static let movedIn = Mask(rawValue: UInt32(IN_MOVED_TO))
    static let movedOut = Mask(rawValue: UInt32(IN_MOVED_FROM))
    static let deleted = Mask(rawValue: UInt32(IN_DELETE))
    static let selfDeleted = Mask(rawValue: UInt32(IN_DELETE_SELF))
    static let selfMoved = Mask(rawValue: UInt32(IN_MOVE_SELF))
    /// The watch is over, whatever ended it.
    static let ended = Mask(rawValue: UInt32(IN_IGNORED))
    /// Changes were lost because the queue was full.
    static let overflow = Mask(rawValue: UInt32(IN_Q_OVERFLOW))
    static let isDirectory = Mask(rawValue: UInt32(IN_ISDIR))
    /// A name came or went.
    static let names: Mask = [.created, .movedIn, .movedOut, .deleted]
    /// The directory itself went.
    static let gone: Mask = [.selfDeleted, .selfMoved]
  }

  /// The number of a watch; the kernel gives the same directory the same one.
  struct Watch: Hashable {
    let number: Int32
  }

  struct Event {
    let watch: Watch
    let mask: Mask
    /// The name inside the directory, empty when the directory itself is meant.
    let name: String
  }

  /// Readable when something has changed; for `epoll`.
  let fileDescriptor: Int32

  /// Opens a queue; `path` is what is going to be watched, for the message when nothing can be.
  init(path: String) throws(WatchError) {
    fileDescriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard fileDescriptor >= 0 else { throw WatchError(number: errno, path: path) }
  }

  deinit { close(fileDescriptor) }

  /// Watches a directory, with links followed; nil when there is no directory.
  ///
  /// The same directory again replaces what is told of it.
  func watch(_ directory: String, for mask: Mask) throws(WatchError) -> Watch? {
    let number = inotify_add_watch(
      fileDescriptor, directory, mask.rawValue | UInt32(IN_ONLYDIR))
    guard number < 0 else { return Watch(number: number) }
    let reason = errno
    guard [ENOENT, ENOTDIR].contains(reason) else {
      throw WatchError(number: reason, path: directory)
    }
    return nil
  }

  /// Ends a watch; nothing happens when it has ended by itself.
  func remove(_ watch: Watch) {
    inotify_rm_watch(fileDescriptor, watch.number)
  }

  /// Takes what is in the queue now, without waiting.
  func drain() -> [Event] {
    var events: [Event] = []
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
      while true {
        let length = read(fileDescriptor, buffer.baseAddress, buffer.count)
        if length < 0, errno == EINTR { continue }
        guard length > 0 else { return }
        Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<length]), into: &events)
      }
    }
    return events
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer, into events: inout [Event]) {
    let headSize = MemoryLayout<inotify_event>.size
    var offset = 0
    while offset + headSize <= bytes.count {
      let head = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
      let nameStart = offset + headSize
      offset = nameStart + Int(head.len)
      let name = bytes[nameStart..<offset].prefix { $0 != 0 }
      events.append(
        Event(
          watch: Watch(number: head.wd), mask: Mask(rawValue: head.mask),
          name: String(decoding: name, as: UTF8.self)))
    }
  }
}
