import Glibc

/// What happens to those that take more memory than they may.
extension Supervisor {
  func watchMemory() {
    guard memory?.isDue(at: now) ?? false, shutdown == nil, !reloads.plan.isReloading else {
      return
    }
    var limited: [pid_t: (Placement, UInt)] = [:]
    for placement in placements where placement.role == .incumbent {
      guard let limit = placement.settings.memoryLimit, placement.machine.state == .ready,
        let process = placement.process
      else { continue }
      limited[process.pid] = (placement, limit)
    }
    guard !limited.isEmpty else { return }
    var greedy: [Placement] = []
    for (group, bytes) in ResidentMemory.ofGroups(Set(limited.keys)) {
      guard let (placement, limit) = limited[group], bytes > limit else { continue }
      log.say(
        "\(placement.name) takes \(bytes >> 20) MiB, and may take \(limit >> 20); replacing it")
      greedy.append(placement)
    }
    // It is started for what it does already, but started it is, whatever its reload= says.
    for placement in greedy { reloads.renewals[placement.id] = placement.assignment }
    replace(greedy, because: ReloadReport.request, .formation)
  }
}
