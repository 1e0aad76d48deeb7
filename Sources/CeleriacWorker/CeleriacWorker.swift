// CeleriacWorker
