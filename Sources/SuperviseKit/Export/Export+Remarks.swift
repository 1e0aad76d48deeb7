extension Export {
  /// What the Procfile says and this target has no word for, a line for each kind of process.
  package func remarks(for target: Target) -> [String] {
    services.compactMap { service in
      let lost = service.options(lostIn: target)
      guard !lost.isEmpty else { return nil }
      return
        "'\(service.name)': \(lost.joined(separator: ", ")) not exported; \(target.rawValue) has"
        + " nothing like it"
    }
  }
}

extension ExportedService {
  fileprivate func options(lostIn target: Export.Target) -> [String] {
    let options = spec.options
    let surroundings = options.surroundings
    var lost: [String] = []
    func note(_ name: String, _ isSet: Bool) { if isSet { lost.append(name) } }
    if case .line = settings.ready { lost.append("ready=log:") }
    guard target != .systemd else { return lost }
    note("ready=fd", settings.ready == .told)
    note("watchdog=", options.watchdog != nil)
    note("success=", options.success != [0])
    note("umask=", surroundings.mask != nil)
    note("nice=", surroundings.niceness != nil)
    note("pty=", options.pty)
    guard target == .kubernetes else { return lost }
    // A pod knows users by their numbers only.
    note("user=\(surroundings.user ?? "")", surroundings.user.map { Int($0) == nil } ?? false)
    note("group=\(surroundings.group ?? "")", surroundings.group.map { Int($0) == nil } ?? false)
    note("oom=", surroundings.oomScore != nil)
    for limit in surroundings.limits { lost.append("limit.\(limit.name)=") }
    return lost
  }
}
