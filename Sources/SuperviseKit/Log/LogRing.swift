import CLinux
import Glibc
import Synchronization

/// The 4 MiB between the loop, which makes lines, and the thread that writes them.
///
///     loop ── open ──► batch ── close ──► filled ── take ──► thread ── release ──► free
///                        ▲                   │
///                        └── goes on with ───┘   while the thread is busy with another
///
/// Eight slots go round. The loop fills one while the thread writes another; a slot that is not
/// full is filled further as long as the thread has other work, so little lines fill it as well
/// as big ones. Nobody ever waits for the other: without a free slot the loop reads no pipes, and
/// is told when half of them are free again. One slot is kept for the supervisor's own lines.
///
/// `@unchecked`, because of `memory`: a slot of it is touched only by its holder, and the state,
/// which is locked, names one: the loop (`open`), the thread (`take`), or nobody.
package final class LogRing: @unchecked Sendable {
  static let slotSize = 512 << 10
  static let slotCount = 8
  /// A slot with less room is handed over even though the thread is busy.
  private static let handful = 64 << 10

  private struct State {
    /// The slot used last is used next: it is still in the processor's cache.
    var free = Array((0..<slotCount).reversed())
    var filled: [Int] = []
    var counts = [Int](repeating: 0, count: slotCount)
    var parts = [[LogPart]](repeating: [], count: slotCount)
    /// Not full; the loop goes on with it unless the thread takes it first.
    var open: Int?
    var writing: Int?
    /// How much of `writing` is out.
    var written = 0
    var isAsleep = false
    var wantsRoom = false
    var isPoked = false
    var isClosed = false
    /// Nobody will ever read what is written.
    var isBroken = false
    /// The thread has written all and is gone.
    var isDone = false

    init() {
      filled.reserveCapacity(slotCount)
    }

    mutating func recycle(_ slot: Int) {
      counts[slot] = 0
      parts[slot].removeAll(keepingCapacity: true)
      free.append(slot)
    }

    /// Whether the thread has to be woken.
    mutating func wakes() -> Bool {
      defer { isAsleep = false }
      return isAsleep
    }
  }

  private let memory: UnsafeMutableRawBufferPointer
  private let state = Mutex(State())
  private let wake = Descriptor(eventfd(0, Int32(EFD_CLOEXEC)))
  /// Readable when there is room again, when all is written, or when the target has news.
  let changed = Descriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))

  init() {
    // Mapped, not used: pages that no line ever reaches cost nothing.
    memory = .allocate(byteCount: Self.slotSize * Self.slotCount, alignment: 4096)
  }

  /// Whether loop and thread can wake each other; not without two descriptors.
  var canTell: Bool { wake.number >= 0 && changed.number >= 0 }

  deinit {
    memory.deallocate()
  }

  private func slice(_ slot: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(
      rebasing: memory[slot * Self.slotSize..<(slot + 1) * Self.slotSize])
  }
}

// For the loop.
extension LogRing {
  /// Whose lines a batch is for.
  enum Use {
    case processes
    /// May have the last slot.
    case supervisor
  }

  /// A batch to fill, or nil when there is no room; then `changed` tells when there is again.
  func open(_ use: Use) -> LogBatch? {
    state.withLock { state in
      let spare = state.free.count - (state.open == nil ? 1 : 0)
      guard !state.isBroken, spare >= (use == .processes ? 1 : 0),
        let slot = state.open ?? state.free.popLast()
      else {
        state.wantsRoom = true
        return nil
      }
      state.open = nil
      return LogBatch(
        slice(slot), filled: state.counts[slot], slot: slot, isReserve: spare == 0)
    }
  }

  /// Hands the batch over; `parts` says which files it belongs to, if that matters.
  ///
  /// A full one is not gone on with, even if something would still find room in it.
  func close(_ batch: LogBatch, _ parts: inout [LogPart], isFull: Bool) {
    guard let slot = batch.slot else { return }
    let sleeps = state.withLock { state in
      guard batch.count > 0, !state.isBroken else {
        state.recycle(slot)
        return false
      }
      state.counts[slot] = batch.count
      for part in parts { state.parts[slot].add(part) }
      if isFull || batch.room < Self.handful {
        state.filled.append(slot)
      } else {
        state.open = slot
      }
      return state.wakes()
    }
    parts.removeAll(keepingCapacity: true)
    if sleeps { wake.addToCounter() }
  }

  /// Whether so much is free that reading can go on; if not, `changed` will tell.
  var hasRoom: Bool {
    state.withLock { state in
      let hasRoom = state.isBroken || state.free.count >= Self.slotCount / 2
      if !hasRoom { state.wantsRoom = true }
      return hasRoom
    }
  }

  var isBroken: Bool { state.withLock { $0.isBroken } }

  /// Nothing more will come: the thread ends when all is written.
  func end() {
    let sleeps = state.withLock { state in
      state.isClosed = true
      return state.wakes()
    }
    if sleeps { wake.addToCounter() }
  }

  /// Whether, after `end`, all is written, or never will be.
  var isDone: Bool { state.withLock { $0.isDone || $0.isBroken } }

  /// How many lines wait, or are being written and not out yet.
  var lineCount: Int {
    state.withLock { state in
      guard !state.isBroken else { return 0 }
      let waiting = state.filled + [state.open].compactMap(\.self)
      return waiting.reduce(0) { $0 + content(of: $1, in: state).lineCount }
        + (state.writing.map { rest(of: $0, from: state.written, in: state).lineCount } ?? 0)
    }
  }

  /// Whether the thread has done all there is to do.
  var isAtRest: Bool { state.withLock { $0.isAsleep } }

  /// Makes the thread look after its target once.
  func poke() {
    let sleeps = state.withLock { state in
      state.isPoked = true
      return state.wakes()
    }
    if sleeps { wake.addToCounter() }
  }

  private func content(of slot: Int, in state: State) -> UnsafeRawBufferPointer {
    rest(of: slot, from: 0, in: state)
  }

  private func rest(of slot: Int, from start: Int, in state: State) -> UnsafeRawBufferPointer {
    let bytes = UnsafeRawBufferPointer(slice(slot))
    return UnsafeRawBufferPointer(rebasing: bytes[start..<state.counts[slot]])
  }
}

// For the thread.
extension LogRing {
  enum Work {
    case write(UnsafeRawBufferPointer)
    case refresh
    case end
  }

  /// Waits for something to do; `parts` is exchanged for those of what is to be written.
  func take(_ parts: inout [LogPart]) -> Work {
    while true {
      let work = state.withLock { state -> Work? in
        if state.isPoked {
          state.isPoked = false
          return .refresh
        }
        let slot: Int
        if state.filled.isEmpty {
          guard let open = state.open else {
            state.isAsleep = !state.isClosed
            return state.isClosed ? .end : nil
          }
          slot = open
          state.open = nil
        } else {
          slot = state.filled.removeFirst()
        }
        state.writing = slot
        state.written = 0
        swap(&parts, &state.parts[slot])
        return .write(content(of: slot, in: state))
      }
      if let work { return work }
      wake.waitForCounter()
    }
  }

  /// So much of what is being written is out.
  func progressed(to count: Int) {
    state.withLock { $0.written = count }
  }

  /// What was taken is written; without readers nothing ever will be again.
  func release(isBroken: Bool) {
    let tells = state.withLock { state in
      state.isBroken = isBroken
      if isBroken {
        for slot in state.filled { state.recycle(slot) }
        if let open = state.open { state.recycle(open) }
        state.filled.removeAll(keepingCapacity: true)
        state.open = nil
      }
      if let slot = state.writing { state.recycle(slot) }
      state.writing = nil
      let isAwaited = state.wantsRoom && state.free.count >= Self.slotCount / 2
      if isAwaited { state.wantsRoom = false }
      return isAwaited || isBroken
    }
    if tells { changed.addToCounter() }
  }

  /// The thread's last word.
  func finish() {
    state.withLock { $0.isDone = true }
    changed.addToCounter()
  }
}
