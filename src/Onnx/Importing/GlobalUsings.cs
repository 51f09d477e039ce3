global using static Adjoint.Onnx.Importing.Importer;
