// CeleriacBeat
