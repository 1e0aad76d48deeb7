// Celeriac
