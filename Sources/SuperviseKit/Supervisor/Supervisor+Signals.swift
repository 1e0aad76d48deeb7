/// What signals mean where nobody sits at a terminal.
extension Supervisor {
  /// Reads all again, adapts the formation, and replaces what runs: what drains before the old
  /// ones stop, the rest one by one.
  func reloadAll(because reason: String) {
    guard shutdown == nil else { return }
    do throws(ConfigurationError) {
      try replaceAll(because: reason)
    } catch {
      log.sayAlarm("\(error); what runs goes on as it is")
    }
    isUnsettled = true
  }

  /// The same for those who are told of a mistake in another way.
  func replaceAll(because reason: String) throws(ConfigurationError) {
    log.say("\(reason): reading \(options.procfile) again, and replacing what runs")
    serviceManager?.reloading()
    try readAgain(because: ReloadReport.request, renewing: .all)
    memory = memory ?? MemoryWatch(placements, now: now)
  }
}
