namespace Digits;

/// <summary>Data that is missing, damaged or of another format. The message names the file and what is wrong with it.</summary>
internal sealed class DataException(string message) : Exception(message);
