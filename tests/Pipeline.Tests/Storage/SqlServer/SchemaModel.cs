using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.Dac.Model;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.SqlServer;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Microsoft's model of the migrated schema, which binds each statement as the body of a procedure.</summary>
internal static partial class SchemaModel
{
    /// <summary>The server's own procedure as its documentation declares it; the model knows no objects of the server.</summary>
    private const string ApplicationLock =
        """
        CREATE PROCEDURE sp_getapplock @Resource nvarchar(255), @LockMode varchar(32), @LockOwner varchar(32), @LockTimeout int
        AS RETURN 0
        """;

    public static string Procedure(SentCommand command, string name = "statement") =>
        $"CREATE PROCEDURE dbo.{name} {string.Join(", ", command.Parameters)} AS\nBEGIN\n{command.Text}\nEND";

    public static OtpDbContext Context()
    {
        var options = new DbContextOptionsBuilder<OtpDbContext>();
        options.UseSqlServerStorage("Server=nowhere.invalid;Database=otp");
        return new(options.Options);
    }

    /// <summary>What does not bind: a line for each table, column or type that is not there, by the command's place in the list.</summary>
    public static ILookup<int, string> Problems(SqlServerVersion version, IReadOnlyList<SentCommand> commands)
    {
        using var model = new TSqlModel(version, new TSqlModelOptions { Collation = "SQL_Latin1_General_CP1_CI_AS" });
        using var context = Context();
        foreach (var part in Go().Split(context.Database.GenerateCreateScript()).Where(p => p.Trim().Length > 0))
        {
            model.AddObjects(part);
        }

        model.AddObjects(ApplicationLock);
        for (var i = 0; i < commands.Count; i++)
        {
            model.AddObjects(Procedure(commands[i], $"statement{i}"));
        }

        return model.Validate().Select(m => m.ToString()).ToLookup(
            text => Place().Match(text) is { Success: true } place ? int.Parse(place.Groups["place"].Value) : -1);
    }

    [GeneratedRegex(@"^\s*GO\s*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Go();

    [GeneratedRegex(@"\[statement(?<place>[0-9]+)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Place();
}
