/// Where lines are kept beside the terminal, and what happens to those that find no room.
package struct LogStorage: Sendable {
  /// What happens when those who read the lines are too slow.
  package enum Overflow: String, Sendable, CaseIterable {
    /// The processes wait.
    case wait
    /// Lines are left out and counted.
    case drop
  }

  package var folder: String?
  package var rotation: LogRotation?
  package var overflow = Overflow.wait

  package init() {}
}
