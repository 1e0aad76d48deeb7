import CLinux
import Glibc

/// The log as the loop uses it: pipes in, whole lines out.
///
/// The loop never waits for those who read the log. When an output has no more room, no pipe is
/// read until it has; what had been read by then waits in `buffer`.
final class Log {
  let style: LogStyle
  let loop: EventLoop
  private let width: Int
  private let stream = StreamTarget(STDOUT_FILENO)
  private let terminal: LogOutput
  private let folder: FolderTarget?
  /// The terminal's, and the folder's if there is one.
  let outputs: [LogOutput]
  private let system: LogMerger.StreamID
  private let build: LogMerger.StreamID
  /// The folder's numbers for the files of streams.
  private var files: [LogMerger.StreamID: Int] = [:]

  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// What is read now, for the time when there is no room.
  var readers: [Int32: () -> Void] = [:]
  var isPaused = false
  /// Whose bytes the outputs have a rest of.
  var interrupted: LogMerger.StreamID?
  /// Pipes nobody needs any more, but for what they still hold.
  var closing: [LiveProcess.Pipe] = []
  /// The name or kind whose lines alone the terminal shows.
  var focus: String?
  /// Called when nobody reads the output any more.
  var onBroken: () -> Void = {}
  /// Called with whatever a process has written.
  var onOutput: (LogSource, UnsafeRawBufferPointer) -> Void = { _, _ in }
  /// Called when nothing more is read from there.
  var onEnd: (LogSource) -> Void = { _ in }

  init(
    style: LogStyle, width: Int, loop: EventLoop, storage: LogStorage = LogStorage()
  ) throws(SystemError) {
    self.style = style
    self.loop = loop
    self.width = width
    terminal = LogOutput(style, width: width, overflow: storage.overflow)
    if let path = storage.folder {
      let output = LogOutput(style.forFiles, width: width, overflow: storage.overflow)
      let target = try FolderTarget(path, rotation: storage.rotation, told: output.ring.changed)
      try LogWriter.start(output.ring, target)
      outputs = [terminal, output]
      folder = target
    } else {
      outputs = [terminal]
      folder = nil
    }
    stream.tell(terminal.ring.changed)
    try LogWriter.start(terminal.ring, stream)
    system = outputs.open(name: "system", kind: "system", pid: getpid(), .output)
    build = outputs.open(name: "build", kind: "build", pid: getpid(), .output)
    files[system] = folder?.file(for: "system")
    files[build] = folder?.file(for: "build")
    for output in outputs {
      loop.watch(output.ring.changed.number) { [unowned self] in hasChanged(output) }
    }
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
    line.withUnsafeBytes { bytes in
      for output in outputs {
        _ = output.take(bytes, from: stream, file: file(of: stream), now: .now, for: .supervisor)
      }
    }
  }

  /// How many columns stand before the text of a line.
  var prefixWidth: Int { (style.time ? 13 : 0) + width + 3 }

  /// What stands below the log of a terminal from now on: one line, or nothing.
  func setFooter(_ text: String) {
    guard style.terminal else { return }
    stream.setFooter(Array(text.utf8))
    terminal.ring.poke()
  }

  /// From now on, the lines of a pipe stand under another name.
  func rename(_ pipe: LiveProcess.Pipe, to name: String) {
    pipe.source.name = name
    for output in outputs { output.rename(pipe.stream, pipe.source) }
  }

  /// Whether the terminal leaves this out; files have all.
  func leavesOut(_ source: LogSource, in output: LogOutput) -> Bool {
    guard let focus, output === terminal else { return false }
    return focus != source.name && focus != source.kind
  }

  /// Waits until the terminal shows all that was said, but not long.
  func settle(within milliseconds: Int) {
    terminal.handOver()
    for _ in 0..<milliseconds where !terminal.ring.isAtRest { usleep(1000) }
  }

  /// Opens the files of the log folder anew, for somebody has renamed them.
  func reopen() {
    folder?.reopen()
    for output in outputs { output.ring.poke() }
  }

  /// How many lines were made since the start.
  var lineCount: Int { terminal.lineCount }
  /// How many of them were left out because they were read too slowly.
  var droppedCount: Int { terminal.droppedCount }

  /// Repeats the last lines of a process, so that the reason of its end need not be looked for.
  func repeatEnd(of process: LiveProcess) {
    let lines = process.lastLines + process.pipes.flatMap(lastLines)
    guard !lines.isEmpty else { return }
    say("the last lines of \(process.name):")
    for line in lines { say("  " + String(decoding: line, as: UTF8.self)) }
  }

  func lastLines(of pipe: LiveProcess.Pipe) -> [[UInt8]] { terminal.recentLines(pipe.stream) }

  /// A stream for a process; those of one name share a file.
  func stream(
    name: String, kind: String, pid: pid_t, _ channel: LogMerger.Channel
  ) -> LogMerger.StreamID {
    let stream = outputs.open(name: name, kind: kind, pid: pid, channel)
    files[stream] = folder?.file(for: name)
    return stream
  }

  func file(of stream: LogMerger.StreamID) -> Int { files[stream] ?? 0 }

  func forget(_ stream: LogMerger.StreamID) { files[stream] = nil }

  /// When a line that has not ended is to be shown.
  var deadline: ContinuousClock.Instant? { terminal.deadline }

  /// After each round: what has been collected goes to those who write.
  func flush(now: ContinuousClock.Instant) {
    if let deadline, now >= deadline {
      markTime()
      terminal.showUnfinished(now: now)
    }
    for output in outputs { output.handOver() }
  }

  private func hasChanged(_ output: LogOutput) {
    output.ring.changed.drainCounter()
    if terminal.ring.isBroken { onBroken() }
    for text in folder?.takeNews() ?? [] { sayAlarm(text) }
    if let text = stream.takeNews() { sayAlarm(text) }
    for output in outputs {
      let count = output.takeUntold()
      if count > 0 { say("\(count) lines were left out; the log is read too slowly") }
    }
    goOn()
  }

  func markTime() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    for output in outputs { output.setTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec) }
  }
}

extension [LogOutput] {
  /// All are told of all streams, so a stream has the same number in each.
  fileprivate func open(
    name: String, kind: String, pid: pid_t, _ channel: LogMerger.Channel
  ) -> LogMerger.StreamID {
    var stream = 0
    for output in self { stream = output.open(name: name, kind: kind, pid: pid, channel) }
    return stream
  }
}
