import CLinux
import Glibc

// The pipes of the processes: read, left alone while there is no room, and closed.
extension Log {
  /// Begins to log what comes out of a pipe.
  func open(
    _ descriptor: Descriptor, id: String, name: String, kind: String, pid: pid_t,
    _ channel: LogMerger.Channel,
    onEnd: @escaping () -> Void
  ) -> LiveProcess.Pipe {
    let pipe = LiveProcess.Pipe(
      descriptor: descriptor, stream: stream(name: name, kind: kind, pid: pid, channel),
      source: LogSource(id: id, name: name, kind: kind, pid: pid, channel))
    let reader = { [unowned self] in
      if read(pipe) == .atEnd { onEnd() }
    }
    readers[descriptor.number] = reader
    if !isPaused { loop.watchPatiently(descriptor.number, reader) }
    return pipe
  }

  /// Ends a stream; what it left is logged, as soon as there is room for it.
  func close(_ pipe: LiveProcess.Pipe) {
    loop.unwatch(pipe.descriptor.number)
    readers[pipe.descriptor.number] = nil
    closing.append(pipe)
    if !isPaused { closeEnded() }
  }

  /// Logs what the pipe holds now; others that hold it open may go on writing, unheard.
  func drain(_ pipe: LiveProcess.Pipe) {
    var left = pipe.descriptor.readableCount
    while left > 0, !isPaused, case .some(let count) = read(pipe, atMost: left) { left -= count }
  }

  private enum Reading: Equatable {
    case some(Int), nothing, atEnd
  }

  /// Reads once, and not more than others get.
  private func read(_ pipe: LiveProcess.Pipe, atMost limit: Int = .max) -> Reading {
    // A round of events may go on when an earlier one of it has taken the last room.
    guard !isPaused else { return .nothing }
    let count = Glibc.read(
      pipe.descriptor.number, buffer.baseAddress, min(limit, buffer.count))
    guard count > 0 else {
      return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .atEnd
    }
    markTime()
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    onOutput(pipe.source, bytes)
    for output in outputs {
      if leavesOut(pipe.source, in: output) {
        output.skip(bytes, from: pipe.stream)
      } else {
        output.rest = bytes
      }
    }
    interrupted = pipe.stream
    pass()
    return .some(count)
  }

  /// Makes lines of what was read; where there is no room for all, the pipes have to wait.
  private func pass() {
    guard let stream = interrupted else { return }
    var isDone = true
    for output in outputs where !output.rest.isEmpty {
      output.rest = output.take(
        output.rest, from: stream, file: file(of: stream), now: .now, for: .processes)
      isDone = isDone && output.rest.isEmpty
    }
    if isDone { interrupted = nil } else { pause() }
  }

  private func pause() {
    guard !isPaused else { return }
    isPaused = true
    for descriptor in readers.keys { loop.unwatch(descriptor) }
  }

  /// Takes up what was left when there was no room, if there is some again.
  func goOn() {
    guard isPaused, outputs.allSatisfy({ $0.hasRoomAgain() }) else { return }
    isPaused = false
    // Each of these pauses again when the room was not enough.
    pass()
    closeEnded()
    guard !isPaused else { return }
    for (descriptor, reader) in readers { loop.watchPatiently(descriptor, reader) }
  }

  private func closeEnded() {
    while !isPaused, let pipe = closing.first {
      drain(pipe)
      guard !isPaused else { return }
      markTime()
      for output in outputs where !end(pipe, in: output) { return pause() }
      forget(pipe.stream)
      closing.removeFirst()
      onEnd(pipe.source)
    }
  }

  private func end(_ pipe: LiveProcess.Pipe, in output: LogOutput) -> Bool {
    leavesOut(pipe.source, in: output)
      ? output.abandon(pipe.stream, file: file(of: pipe.stream))
      : output.close(pipe.stream, file: file(of: pipe.stream))
  }

  /// Writes what is left, but does not wait long for a terminal that is stopped; what that was
  /// not shown is told on standard error.
  func finish() {
    let end = ContinuousClock.now + .seconds(2)
    var isEnding = false
    for output in outputs { output.handOver() }
    while ContinuousClock.now < end {
      goOn()
      if !isPaused, !isEnding {
        isEnding = true
        for output in outputs {
          output.handOver()
          output.ring.end()
        }
      }
      // Asked once: one that is done a moment later has news, and one that is not waited for has not.
      let unfinished = outputs.map(\.ring).filter { !$0.isDone }
      if unfinished.isEmpty { break }
      wait(for: unfinished, until: end)
    }
    let lost = outputs[0].waitingCount + closing.reduce(0) { $0 + unreadLines(of: $1) }
    guard lost > 0, !outputs[0].ring.isDone else { return }
    let text = "supervise: … \(lost) lines not shown\n"
    var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if Glibc.poll(&poll, 1, 0) == 1 { _ = write(STDERR_FILENO, text, text.utf8.count) }
  }

  private func wait(for rings: [LogRing], until end: ContinuousClock.Instant) {
    let left = max(.zero, end - ContinuousClock.now)
    var polls = rings.map { ring in
      pollfd(fd: ring.changed.number, events: Int16(POLLIN), revents: 0)
    }
    Glibc.poll(&polls, nfds_t(polls.count), Int32(left / .milliseconds(1)) + 1)
    for ring in rings { ring.changed.drainCounter() }
  }

  /// How many lines a pipe holds that nobody will see.
  private func unreadLines(of pipe: LiveProcess.Pipe) -> Int {
    var lines = 0
    var left = pipe.descriptor.readableCount
    while left > 0 {
      let count = Glibc.read(
        pipe.descriptor.number, buffer.baseAddress, min(left, buffer.count))
      guard count > 0 else { break }
      lines += UnsafeRawBufferPointer(rebasing: buffer[..<count]).lineCount
      left -= count
    }
    return lines
  }
}
