import CLinux
import Glibc

/// What is needed to start one process.
struct SpawnRequest {
  var arguments: [String]
  var environment: Environment
  var directory: String
  /// A proven executable to run instead of what the path holds by now.
  var image: ExecutableImage?
  var surroundings = Surroundings()
  var account: Account?
  /// The size of the terminal that it gets; nil for none.
  var terminal: TerminalSize?
  /// The control group that it begins in; nil for the supervisor's own.
  var cgroup: Cgroup?
  /// Whether what it says is of interest.
  var output = Output.read

  enum Output {
    case read, nowhere
  }

  init(arguments: [String], environment: Environment, directory: String) {
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }
}

/// A process just started, with our ends of its pipes.
struct Spawned {
  var pid: pid_t
  var handle: Descriptor
  var outputs: [(Descriptor, LogMerger.Channel)]
  var status: Descriptor
  /// Our end of its terminal, which is what it says as well.
  var terminal: Descriptor?
}

/// Starts processes; to be used by the thread that runs the loop and by no other, because each
/// process gets a signal when the *thread* that started it ends.
struct Spawner {
  private let null: Descriptor
  let lifeline: Descriptor.Ends

  /// The descriptors a process finds, as it is told in its environment.
  static let statusNumber = 3
  static let lifelineNumber = 4

  init() throws(SystemError) {
    null = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC))
    guard null.number >= 0 else { throw SystemError("/dev/null") }
    lifeline = try Descriptor.pipe(ours: nil)
  }

  func spawn(_ request: SpawnRequest) throws(SystemError) -> Spawned {
    let output = try Descriptor.pipe()
    let error = try Descriptor.pipe()
    let status = try Descriptor.pipe()
    let environment = request.environment.setting([
      ("SUPERVISE_STATUS_FD", String(Self.statusNumber)),
      ("SUPERVISE_LIFELINE_FD", String(Self.lifelineNumber)),
    ])
    let word = request.arguments[0]
    let found = Program.path(
      of: word, path: request.environment["PATH"], directory: request.directory)
    guard let path = request.image == nil ? found : word else { throw SystemError(word, ENOENT) }

    var terminal: PseudoTerminal?
    if let size = request.terminal { terminal = try PseudoTerminal(size) }
    let isQuiet = request.output == .nowhere
    if let account = request.account, account.isOther {
      // So that /dev/stdout and /dev/stderr can be opened by it as well.
      for end in [output.writing, error.writing, status.writing] {
        fchown(end.number, account.user, account.group)
      }
    }
    var handle: Int32 = -1
    let pid = CStrings.with(request.arguments) { arguments in
      CStrings.with(environment.list) { variables in
        path.withCString { path in
          request.directory.withCString { directory in
            var what = cel_spawn()
            what.path = path
            what.image = request.image?.descriptor ?? -1
            what.arguments = UnsafePointer(arguments)
            what.environment = UnsafePointer(variables)
            what.directory = directory
            what.descriptors = (
              null.number, isQuiet ? null.number : output.writing.number,
              isQuiet ? null.number : error.writing.number, status.writing.number,
              lifeline.reading.number
            )
            if let other = terminal?.other.number {
              what.descriptors.0 = other
              what.descriptors.1 = other
              what.descriptors.2 = other
              what.has_terminal = 1
            }
            what.death_signal = SIGTERM
            return request.withSurroundings(in: &what) { what in
              guard let cgroup = request.cgroup else { return cel_spawn(&what, &handle) }
              return cgroup.path.withCString { path in
                what.cgroup = path
                return cel_spawn(&what, &handle)
              }
            }
          }
        }
      }
    }
    guard pid > 0 else { throw SystemError(word, -pid) }
    if let own = terminal?.own {
      return Spawned(
        pid: pid, handle: Descriptor(handle), outputs: [(own, .output)], status: status.reading,
        terminal: own)
    }
    return Spawned(
      pid: pid, handle: Descriptor(handle),
      outputs: isQuiet ? [] : [(output.reading, .output), (error.reading, .error)],
      status: status.reading)
  }
}

extension SpawnRequest {
  /// Adds what the system is to do differently for this process.
  fileprivate func withSurroundings(
    in what: inout cel_spawn, _ body: (inout cel_spawn) -> pid_t
  ) -> pid_t {
    if let niceness = surroundings.niceness {
      what.changes |= Int32(CEL_NICENESS)
      what.niceness = niceness
    }
    if let score = surroundings.oomScore {
      what.changes |= Int32(CEL_OOM_SCORE)
      what.oom_score = score
    }
    if let mask = surroundings.mask {
      what.changes |= Int32(CEL_MASK)
      what.mask = mask
    }
    let groups = account?.groups ?? []
    if let account, account.isOther {
      what.changes |= Int32(CEL_USER)
      what.user = account.user
      what.group = account.group
    }
    let limits = surroundings.limits.compactMap { limit in
      Surroundings.resource(limit.name).map {
        cel_limit(resource: $0, soft: limit.soft, hard: limit.hard)
      }
    }
    return groups.withUnsafeBufferPointer { groups in
      limits.withUnsafeBufferPointer { limits in
        what.groups = groups.baseAddress
        what.group_count = Int32(groups.count)
        what.limits = limits.baseAddress
        what.limit_count = Int32(limits.count)
        return body(&what)
      }
    }
  }
}

/// Arrays of C strings, as `execve` wants them.
enum CStrings {
  static func with<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer {
      for index in strings.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    return body(pointers)
  }
}
