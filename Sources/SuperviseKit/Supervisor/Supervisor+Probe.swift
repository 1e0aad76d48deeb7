extension Supervisor {
  /// Begins to ask whether a process that was started is ready, where it does not say so itself.
  func beginProbe(of placement: Placement) {
    switch placement.settings.ready {
    case .settled, .told, .started, .done: break
    case .command(let command): placement.probe = Probe(.command(command), at: now)
    case .port(let text):
      let port = ProcessOptions.Ready.expanded(port: text) { placement.environment[$0] }
      guard let port = Int(port) else {
        preconditionFailure("ready=tcp:\(text) was let through, and names no port")
      }
      placement.probe = Probe(.port(port), at: now)
    case .line(let pattern):
      guard let watch = try? LineWatch(pattern), let pid = placement.process?.pid else {
        preconditionFailure("ready=log:\(pattern) was let through, and cannot be read")
      }
      let probe = Probe(.line(watch), at: nil)
      placement.probe = probe
      lineProbes[pid] = probe
    }
  }

  /// A process has written something, which may be what is waited for.
  func lookForLine(_ source: LogSource, _ bytes: UnsafeRawBufferPointer) {
    guard let probe = lineProbes[source.pid], case .line(let watch) = probe.question,
      watch.isFound(in: bytes, of: source.channel)
    else { return }
    lineProbes[source.pid] = nil
    // What is ready may start others, which is not to be done while pipes are read.
    probe.deadline = now
  }

  func endProbe(of placement: Placement) {
    guard let probe = placement.probe else { return }
    placement.probe = nil
    if case .line = probe.question { lineProbes = lineProbes.filter { $0.value !== probe } }
    if let socket = probe.socket { loop.unwatch(socket.number) }
    probe.process?.send(.init(number: 9, group: true))
  }

  /// It is time to ask.
  func advanceProbe(of placement: Placement) {
    guard let probe = placement.probe else { return }
    probe.deadline = nil
    switch probe.question {
    case .port(let port): ask(port, for: placement, probe)
    case .command(let command): run(command, for: placement, probe)
    case .line: tell(placement, .becameReady)
    }
  }

  private func ask(_ port: Int, for placement: Placement, _ probe: Probe) {
    switch PortProbe.ask(port) {
    case .yes: tell(placement, .becameReady)
    case .no: probe.askAgain(after: now)
    case .later(let socket):
      probe.socket = socket
      loop.watch(socket.number, writing: true) { [unowned self, unowned placement] in
        now = .now
        loop.unwatch(socket.number)
        if PortProbe.isConnected(socket) {
          tell(placement, .becameReady)
        } else {
          placement.probe?.askAgain(after: now)
        }
      }
    }
  }

  private func run(_ command: String, for placement: Placement, _ probe: Probe) {
    let id = nextID()
    var request = SpawnRequest(
      arguments: ["/bin/sh", "-c", command],
      environment: placement.environment.setting([("SUPERVISE_ID", id)]),
      directory: placement.directory)
    request.output = .nowhere
    request.surroundings = request.surroundings.completed(by: descriptorLimit)
    do throws(SystemError) {
      let spawned = try spawner.spawn(request)
      let name = "\(placement.name) readiness probe"
      let process = take(
        spawned, id: id, name: name, kind: placement.kind, .probe(placement))
      process.escalation = StopEscalation(waiting: .seconds(5), at: now)
      probe.process = process
    } catch {
      log.say("\(placement.name): the readiness probe could not be started: \(error)")
      probe.askAgain(after: now)
    }
  }

  /// The command that asks has ended.
  func probeEnded(of placement: Placement, _ process: LiveProcess, _ how: Ended) {
    guard let probe = placement.probe, probe.process === process else { return }
    if how == .exited(0) {
      tell(placement, .becameReady)
    } else {
      probe.askAgain(after: now)
    }
  }
}
