using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Checks what every pass has to keep: operands before uses, types that the ops would infer again, no stale requests.</summary>
public static class Verifier
{
    /// <summary>Checks a computation and the bodies in it.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="requestsGone">Whether derivative requests are an error.</param>
    /// <param name="pass">Who made it, for the message.</param>
    /// <exception cref="InvalidOperationException">Something is broken; names the pass, the node and its line.</exception>
    public static void Check(Computation f, bool requestsGone, string pass)
    {
        var seen = new HashSet<Apply>();
        foreach (var apply in f.Applies)
        {
            foreach (var x in apply.Inputs)
                if (!seen.Contains(x.Apply))
                    throw Broken(pass, apply, $"operand {x} comes later");
            seen.Add(apply);
            if (requestsGone && apply.Op is DerivativeRequest)
                throw Broken(pass, apply, "a derivative request is left over");
            CheckTypes(apply, pass);
            foreach (var body in apply.Op.Bodies)
                Check(body, requestsGone, pass);
        }
    }

    private static void CheckTypes(Apply apply, string pass)
    {
        var types = apply.Op.Infer(new Inference(apply.Op, apply.Inputs, apply.Origin));
        for (int i = 0; i < types.Length; i++)
            if (types[i] != apply.Results[i].Type)
                throw Broken(pass, apply, $"result {i} is {apply.Results[i].Type}, inferred {types[i]}");
    }

    private static InvalidOperationException Broken(string pass, Apply apply, string problem) =>
        new($"after pass '{pass}': {apply.Results[0]} ({apply.Origin}): {problem}.");
}
