/// All that `supervise` has been told, read and checked.
package struct SuperviseOptions {
  package var mode: Mode
  package var formation: Formation
  package var environment: Environment
  /// Where the processes run: the folder of the Procfile.
  package var directory: String
  package var style: LogStyle

  package init(
    mode: Mode, formation: Formation, environment: Environment, directory: String, style: LogStyle
  ) {
    self.mode = mode
    self.formation = formation
    self.environment = environment
    self.directory = directory
    self.style = style
  }
}
