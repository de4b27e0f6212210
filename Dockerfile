# Two images from one build: --target api and --target workers.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY docs/errors.md docs/
COPY src/ src/
# Compiled ahead: a start takes two thirds of the processor time.
RUN dotnet publish src/Api/Api.csproj -c Release -o /publish/api -p:PublishReadyToRun=true -p:RunAnalyzers=false
RUN dotnet publish src/Workers/Workers.csproj -c Release -o /publish/workers -p:PublishReadyToRun=true -p:RunAnalyzers=false

# The base image brings ICU (libicu), without which the hosts do not start; a smaller one does only in its variant -extra.
# Without a shell's help: the host asks itself whether it is ready. The base image listens on port 8080 of every address.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS host
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
WORKDIR /app
USER $APP_UID

FROM host AS api
COPY --from=build /publish/api ./
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["dotnet", "OtpPipeline.Api.dll", "--health"]
ENTRYPOINT ["dotnet", "OtpPipeline.Api.dll"]

FROM host AS workers
COPY --from=build /publish/workers ./
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["dotnet", "OtpPipeline.Workers.dll", "--health"]
ENTRYPOINT ["dotnet", "OtpPipeline.Workers.dll"]
