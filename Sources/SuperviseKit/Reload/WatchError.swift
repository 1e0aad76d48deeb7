import Glibc

/// Why files cannot be watched.
struct WatchError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  struct Code: Equatable {
    /// The kernel grants this user no more watches, or no more watching programs.
    ///
    /// Raise the limit that the description names.
    static let limitReached = Code(text: "limit reached")

    /// The file system or the permissions do not allow it.
    static let refused = Code(text: "refused")

    let text: String
  }

  let code: Code
  /// The directory that was to be watched.
  let path: String
  /// One line for a person: what to do, where something can be done.
  let detail: String

  var description: String { "watch '\(path)': \(detail)" }

  /// The error number of `inotify_init1` or `inotify_add_watch`, explained.
  init(number: Int32, path: String) {
    self.path = path
    switch number {
    case ENOSPC:
      code = .limitReached
      detail =
        "too many directories are watched; raise fs.inotify.max_user_watches, as in "
        + "'sysctl fs.inotify.max_user_watches=524288'"
    case EMFILE:
      code = .limitReached
      detail =
        "too many programs watch files; raise fs.inotify.max_user_instances, as in "
        + "'sysctl fs.inotify.max_user_instances=1024'"
    default:
      code = .refused
      detail = errorText(number)
    }
  }
}
