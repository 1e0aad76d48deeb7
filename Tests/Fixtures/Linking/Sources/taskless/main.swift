import CeleriacCore

for task in RegisteredTask.discovered().sorted(by: { $0.name < $1.name }) {
  print(task.name, task.handle.parameters.map(\.name))
}
