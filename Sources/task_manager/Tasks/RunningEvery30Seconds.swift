import Celeriac

/// Shows that beat and a worker are alive.
@PeriodicTask(runEvery: .seconds(30))
func runningEvery30Seconds() async {
  print("Running Every 30 Seconds!")
}
