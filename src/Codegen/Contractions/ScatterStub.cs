using System.Collections.Immutable;
using Adjoint.Passes;
namespace Adjoint.Codegen;
internal static class ScatterLowering { public static ImmutableArray<KernelPlan> Of(FusionGroup group) => throw new NotSupportedException(group.Name); }
