print("task_manager")
