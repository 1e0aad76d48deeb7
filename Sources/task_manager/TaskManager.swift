import CeleriacCLI

/// The application of the tutorial: `task_manager worker`, `task_manager beat`, and so on.
@main
struct TaskManager: CeleriacApp {
  static let name = "task_manager"
}
