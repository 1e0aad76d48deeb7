import CLinux
import Glibc

/// The log as the loop uses it: pipes in, whole lines out.
final class Log {
  private let style: LogStyle
  private let loop: EventLoop
  private let sink: Sink
  private var merger: LogMerger
  private var stamp: LogStamp
  private var batch: [UInt8] = []
  private let system: LogMerger.StreamID
  private let build: LogMerger.StreamID
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// What is read now, for the time when the sink has no room.
  private var readers: [Int32: () -> Void] = [:]
  private var isPaused = false
  /// Called when nobody reads the output any more.
  var onBroken: () -> Void = {}

  init(style: LogStyle, width: Int, loop: EventLoop) {
    self.style = style
    self.loop = loop
    sink = Sink(STDOUT_FILENO)
    merger = LogMerger(style, width: width)
    stamp = LogStamp(style)
    system = merger.open(name: "system", kind: "system", pid: getpid(), .output)
    build = merger.open(name: "build", kind: "build", pid: getpid(), .output)
    loop.watch(sink.changed.number) { [unowned self] in sinkChanged() }
  }

  deinit {
    buffer.deallocate()
  }

  /// A line of the supervisor's own.
  func say(_ text: String) { say(text, in: system) }

  /// A line of the supervisor's own about what the developer has to mend.
  func sayAlarm(_ text: String) { say(style.alarming(text), in: system) }

  /// A line of the build.
  func sayOfBuild(_ text: String) {
    say(BuildReport.isError(text) ? style.alarming(text) : text, in: build)
  }

  private func say(_ text: String, in stream: LogMerger.StreamID) {
    markTime()
    let line = Array((text + "\n").utf8)
    line.withUnsafeBytes {
      merger.take($0, from: stream, at: stamp, now: .now, into: &batch)
    }
  }

  /// Begins to log what comes out of a pipe.
  func open(
    _ descriptor: Descriptor, name: String, kind: String, pid: pid_t, _ channel: LogMerger.Channel,
    onEnd: @escaping () -> Void
  ) -> LiveProcess.Pipe {
    let stream = merger.open(name: name, kind: kind, pid: pid, channel)
    let pipe = LiveProcess.Pipe(descriptor: descriptor, stream: stream)
    readers[descriptor.number] = { [unowned self] in
      if !read(pipe) { onEnd() }
    }
    if !isPaused, let reader = readers[descriptor.number] {
      loop.watch(descriptor.number, reader)
    }
    return pipe
  }

  /// Ends a stream; what it left is logged.
  func close(_ pipe: LiveProcess.Pipe) {
    loop.unwatch(pipe.descriptor.number)
    readers[pipe.descriptor.number] = nil
    markTime()
    merger.close(pipe.stream, at: stamp, into: &batch)
  }

  /// Logs what the pipe holds now, without waiting for others that hold it open.
  func drain(_ pipe: LiveProcess.Pipe) {
    var rounds = 16
    while rounds > 0, !sink.isFull, read(pipe), errno != EAGAIN { rounds -= 1 }
  }

  /// Repeats the last lines of a process, so that the reason of its end need not be looked for.
  func repeatEnd(of process: LiveProcess) {
    let lines = process.lastLines + process.pipes.flatMap(lastLines)
    guard !lines.isEmpty else { return }
    say("the last lines of \(process.name):")
    for line in lines { say("  " + String(decoding: line, as: UTF8.self)) }
  }

  func lastLines(of pipe: LiveProcess.Pipe) -> [[UInt8]] { merger.recentLines(pipe.stream) }

  /// Reads once; false at the end of the pipe.
  private func read(_ pipe: LiveProcess.Pipe) -> Bool {
    errno = 0
    let count = Glibc.read(pipe.descriptor.number, buffer.baseAddress, buffer.count)
    guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
    markTime()
    merger.take(
      UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: pipe.stream, at: stamp, now: .now,
      into: &batch)
    if batch.count >= 1 << 18 { handOver() }
    return true
  }

  var deadline: ContinuousClock.Instant? { merger.deadline }

  /// After each round: what has been collected goes to the sink.
  func flush(now: ContinuousClock.Instant) {
    if let deadline, now >= deadline {
      markTime()
      merger.showUnfinished(at: stamp, now: now, into: &batch)
    }
    handOver()
  }

  private func handOver() {
    guard !batch.isEmpty else { return }
    sink.write(batch)
    batch.removeAll(keepingCapacity: true)
    if !isPaused, sink.isFull {
      isPaused = true
      for descriptor in readers.keys { loop.unwatch(descriptor) }
    }
  }

  private func sinkChanged() {
    sink.changed.drainCounter()
    if sink.isBroken { onBroken() }
    guard isPaused, !sink.isFull else { return }
    isPaused = false
    for (descriptor, reader) in readers { loop.watch(descriptor, reader) }
  }

  /// Writes the rest, but does not wait for a terminal that is stopped.
  func finish() {
    handOver()
    let lost = sink.finish(within: 2000)
    guard lost > 0 else { return }
    let text = "supervise: … \(lost) lines not shown\n"
    var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if Glibc.poll(&poll, 1, 0) == 1 { _ = write(STDERR_FILENO, text, text.utf8.count) }
  }

  private func markTime() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    stamp.set(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }
}
