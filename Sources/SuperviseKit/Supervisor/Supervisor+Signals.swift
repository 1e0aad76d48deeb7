/// What signals mean where nobody sits at a terminal.
extension Supervisor {
  /// TTIN and TTOU, as older servers have it.
  func scaleWorkers(by difference: Int) {
    let kind = "worker"
    let count = options.formation.places.count { $0.spec.name == kind } + difference
    guard shutdown == nil, 1...Formation.most ~= count else { return }
    do throws(ConfigurationError) {
      let change = try scale(kind, to: count)
      log.say("\(difference > 0 ? "SIGTTIN" : "SIGTTOU"): \(change)")
    } catch {
      log.sayAlarm("\(error)")
    }
  }

  /// Reads all again, adapts the formation, and replaces what runs: what drains before the old
  /// ones stop, the rest one by one.
  func reloadAll(because reason: String) {
    guard shutdown == nil else { return }
    do throws(ConfigurationError) {
      log.say("\(reason): reading \(options.procfile) again, and replacing what runs")
      serviceManager?.reloading()
      try readAgain(because: ReloadReport.request, renewing: .all)
      memory = memory ?? MemoryWatch(placements, now: now)
    } catch {
      log.sayAlarm("\(error); what runs goes on as it is")
    }
    isUnsettled = true
  }
}
