import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct CeleriacPlugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [TaskMacro.self, PeriodicTaskMacro.self]
}
